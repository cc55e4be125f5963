// @ts-check
const METER_MS = 100;
/** As loud as speech at a desk. */
const SPEECH = 0.02;
const ECHO_MS = 3_000;

/** Cameras, microphones and the screen of this device. Which were chosen is kept on the device. */
export class Devices {
  /** @type {Map<string, MediaStreamTrack>} */
  open = new Map();

  /** Why devices cannot be used at all here; undefined where they can. */
  get obstacle() {
    if (!window.isSecureContext) return "insecure";
    return navigator.mediaDevices ? undefined : "no_devices";
  }

  /** @param {"mic" | "camera" | "screen"} kind @returns {Promise<MediaStreamTrack>} */
  async take(kind) {
    const had = this.open.get(kind);
    if (had && had.readyState === "live") return had;
    if (this.obstacle) throw new DOMException(this.obstacle, this.obstacle);
    const stream = kind === "screen" ? await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 10 } }, audio: false }) : await navigator.mediaDevices.getUserMedia(wanted(kind));
    const [track] = stream.getTracks();
    if (!track) throw new DOMException("none", "NotFoundError");
    if (kind === "screen") track.contentHint = "detail";
    this.open.set(kind, track);
    return track;
  }

  /** @param {string} kind */
  release(kind) {
    this.open.get(kind)?.stop();
    this.open.delete(kind);
  }

  releaseAll() {
    for (const kind of [...this.open.keys()]) this.release(kind);
  }

  /** Devices by kind, with names where the person has allowed them. */
  async list() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    return { mic: all.filter((one) => one.kind === "audioinput"), camera: all.filter((one) => one.kind === "videoinput") };
  }

  /** @param {string} kind @param {string} id */
  choose(kind, id) {
    keep(`live-${kind}`, id);
  }
}

/** @param {"mic" | "camera"} kind */
function wanted(kind) {
  const chosen = kept(`live-${kind}`);
  const deviceId = chosen ? { ideal: chosen } : undefined;
  if (kind === "mic") return { audio: { deviceId, echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 } };
  return { video: { deviceId, width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } } };
}

/** The reason in words, as a key of the page's words. @param {unknown} error */
export function reasonOf(error) {
  const name = error instanceof DOMException ? error.name : "";
  const known = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "not_found", DevicesNotFoundError: "not_found", OverconstrainedError: "not_found", NotReadableError: "busy", AbortError: "busy", insecure: "insecure", no_devices: "no_devices" };
  return known[/** @type {keyof typeof known} */ (name)] ?? "device_failed";
}

/** How loud a microphone is, whether it is sent or not. */
export class Meter {
  /** @param {(level: number, speaks: boolean) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.timer = 0;
  }

  /** @param {MediaStreamTrack} track */
  watch(track) {
    this.stop();
    this.context = new AudioContext();
    void this.context.resume();
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 1024;
    this.context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const loud = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
      this.tell(Math.min(1, loud * 6), loud > SPEECH);
    }, METER_MS);
  }

  stop() {
    window.clearInterval(this.timer);
    void this.context?.close();
    this.context = undefined;
  }
}

/** Records three seconds and plays them: what the class would hear. @param {MediaStreamTrack} track @param {HTMLAudioElement} player */
export async function echo(track, player) {
  const recorder = new MediaRecorder(new MediaStream([track]));
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => void parts.push(event.data));
  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.start();
  window.setTimeout(() => recorder.stop(), ECHO_MS);
  await ended;
  const address = URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }));
  player.src = address;
  player.addEventListener("ended", () => URL.revokeObjectURL(address), { once: true });
  await player.play();
}

/** @param {string} name */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
