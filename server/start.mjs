// Starts the server on a machine as it is: checks Node before anything newer than it is parsed, then runs TypeScript.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Học Liệu needs Node 20.19 or newer; this is Node ${process.versions.node}. See https://nodejs.org`);
  process.exit(1);
}
const { register } = await import("tsx/esm/api");
register();
const { start } = await import("./main.ts");
await start(process.argv.slice(2));
