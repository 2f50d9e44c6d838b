// Builds what the wheel ships: one script, one style sheet, the licences of what is inside, and
// a dump of the schema that the built editor really uses (a Python test holds it against
// webapp/document/schema.json). Same sources and lock file, same bytes: nothing here reads a
// clock, a path of this machine or the network.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
// Another folder may be named, to compare a fresh build with the one that is committed.
const out = resolve(process.argv[2] ?? join(here, '../webapp/static/editor'));

const BANNER =
  '/* Tongxin editor. Contains TipTap, ProseMirror and helpers (MIT); see LICENSES.txt. */';

const common = {
  absWorkingDir: here,
  bundle: true,
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'warning',
};

async function buildScript() {
  const result = await build({
    ...common,
    entryPoints: ['src/index.js'],
    outfile: join(out, 'editor.min.js'),
    format: 'esm',
    target: ['es2020'],
    minify: true,
    banner: { js: BANNER },
    metafile: true,
  });
  return Object.keys(result.metafile.inputs);
}

async function buildStyle() {
  await build({
    ...common,
    entryPoints: ['src/editor.css'],
    outfile: join(out, 'editor.css'),
    target: ['chrome100', 'safari15', 'firefox100'],
    minify: true,
  });
}

/** The packages among the bundle's inputs, sorted by name. */
function packagesOf(inputs) {
  const names = inputs
    .map((path) => path.split(sep).join('/').match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
    .filter(Boolean);
  return [...new Set(names)].sort();
}

async function licenceText(name) {
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt']) {
    try {
      return await readFile(join(here, 'node_modules', name, file), 'utf8');
    } catch {
      // The next spelling of the file's name.
    }
  }
  throw new Error(`${name} ships no licence text; the bundle may not contain it`);
}

async function writeLicences(inputs) {
  const parts = [];
  for (const name of packagesOf(inputs)) {
    const manifest = await readFile(join(here, 'node_modules', name, 'package.json'), 'utf8');
    const { version, license } = JSON.parse(manifest);
    parts.push(`${name} ${version} (${license})\n\n${(await licenceText(name)).trim()}\n`);
  }
  await writeFile(join(out, 'LICENSES.txt'), parts.join(`\n${'-'.repeat(72)}\n\n`));
}

async function dumpSchema() {
  const folder = await mkdtemp(join(tmpdir(), 'tongxin-editor-'));
  try {
    const outfile = join(folder, 'dump.mjs');
    await build({
      ...common, entryPoints: ['src/dump.js'], format: 'esm', platform: 'node', outfile,
    });
    const { dump } = await import(pathToFileURL(outfile));
    const source = await readFile(join(here, '../webapp/document/schema.json'));
    const dumped = { source_sha256: createHash('sha256').update(source).digest('hex'), ...dump() };
    await writeFile(join(out, 'schema.dump.json'), `${JSON.stringify(dumped, null, 2)}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

await mkdir(out, { recursive: true });
const inputs = await buildScript();
await buildStyle();
await writeLicences(inputs);
await dumpSchema();
console.log(`built ${relative(process.cwd(), out)}`);
