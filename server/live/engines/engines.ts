import type { MediaEngine } from "../media/engine.ts";
import type { EngineKind } from "../store/tables.ts";
import { BigBlueButton, type BbbSettings } from "./bbb.ts";
import { embeddedRoom } from "./embedded.ts";
import { engineDown, type ClassEngine } from "./engine.ts";
import { LiveKit, type LiveKitSettings } from "./livekit.ts";
import { plainLinks } from "./links.ts";

/** What an installation has set; addresses of engines come from here alone, never from a form or an answer. */
export interface EngineSettings {
  baseUrl: string;
  bbb: BbbSettings | undefined;
  livekit: LiveKitSettings | undefined;
}

/** The engines of this installation. */
export class Engines {
  private readonly all: ReadonlyMap<EngineKind, ClassEngine>;

  constructor(settings: EngineSettings, media: MediaEngine) {
    const engines = [
      embeddedRoom(media),
      ...(settings.bbb ? [new BigBlueButton(settings.bbb, settings.baseUrl)] : []),
      ...(settings.livekit ? [new LiveKit(settings.livekit)] : []),
      plainLinks,
    ];
    this.all = new Map(engines.map((engine) => [engine.kind, engine]));
  }

  /** What a school may choose from. */
  get kinds(): EngineKind[] {
    return [...this.all.keys()];
  }

  /** @throws Refusal `engine_down` also for an engine that the installation no longer has */
  of(live: { engine: EngineKind }): ClassEngine {
    const engine = this.all.get(live.engine);
    if (!engine) throw engineDown();
    return engine;
  }
}
