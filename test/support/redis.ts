import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./port.ts";

export interface RunningRedis {
  url: string;
  stop(): Promise<void>;
}

/** A Redis of one's own that keeps nothing; undefined where the machine has none. */
export async function startRedis(port?: number): Promise<RunningRedis | undefined> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
  const at = port ?? (await freePort());
  const child = spawn("redis-server", ["--port", String(at), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp"], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => /Ready to accept connections/i.test(text.toString()) && resolve());
    child.once("exit", () => reject(new Error("Redis did not start")));
  });
  return {
    url: `redis://127.0.0.1:${at}`,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}
