"""What stands on the desk in the demo: people, a sandbox account, and a scraped bulletin as a draft."""
