"""The benchmark: `make bench`, or `python -m bench --quick` for a look in a minute.

    renders   the bulletin and a long article to WeChat HTML, beside what others make of the same text
    pages     what an editor opens all day, with a small and a large archive behind it, on each database
    pushes    an edition pushed to the sandbox, against the time that its calls must take

It prints tables and writes `bench/results.json`. The archives are made once and kept: in `bench/.cache`, and as databases
`tongxin_bench_…` beside the one that TONGXIN_TEST_POSTGRES_URL names. `python -m bench --forget` throws them away.
"""
