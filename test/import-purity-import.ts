// node --import ./import-purity-traps.ts import-purity-import.ts URL...: imports every module named.
for (const url of process.argv.slice(2)) await import(url);
