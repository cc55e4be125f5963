import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server in the place of an engine of live classes, which answers as it should or misbehaves as `mode` says. */
export abstract class EngineStandIn {
  mode: "ok" | "silent" | "broken" | "redirect" = "ok";
  private readonly server: Server = createServer((req, res) => {
    if (this.mode === "silent") return; // never answers
    if (this.mode === "broken") return this.break(res);
    if (this.mode === "redirect") return void res.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
    void this.answer(req, res);
  });
  protected readonly clock: () => string;
  /** Where our application listens now; hooks name its public address. */
  protected readonly deliverTo: () => string;

  constructor(clock: () => string, deliverTo: () => string) {
    this.clock = clock;
    this.deliverTo = deliverTo;
  }

  protected abstract answer(req: IncomingMessage, res: ServerResponse): void | Promise<void>;
  protected abstract break(res: ServerResponse): void;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  /** `http://…`, without a path. */
  protected get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
