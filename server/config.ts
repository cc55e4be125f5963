import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { BbbSettings } from "./live/engines/bbb.ts";
import type { LiveKitSettings } from "./live/engines/livekit.ts";
import type { DatabaseAddress } from "./platform/db.ts";
import type { S3Address, StorageAddress } from "./platform/storage.ts";

/** Everything an installation can set, read once from the environment. The table in README.md explains each. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The address people use; links in letters are built from it, never from a request's Host. */
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly uploadsDir: string;
  readonly storage: StorageAddress;
  readonly database: DatabaseAddress;
  /** The largest file of a plain form. */
  /** A second address of this server, another host, from which packages are played; without it they play in a sandbox. */
  readonly packagesOrigin: string | undefined;
  readonly uploadMaxBytes: number;
  /** The largest file that is sent in pieces and goes on after a break. */
  readonly resumableMaxBytes: number;
  /** What a school may store, where nothing else was set for it. */
  readonly schoolQuotaBytes: number;
  /** The bus of several web processes of one installation. */
  readonly redisUrl: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly trustProxy: string | false;
  readonly secureCookies: boolean;
  readonly sessionDays: number;
  readonly worker: "inside" | "none";
  /** clamd's socket, or its `host:port`: no file is shown before it was looked at. */
  readonly clamd: string | undefined;
  /** Sound and picture of live classes: the UDP port, the addresses that browsers are told, relays (see live/media/README.md). */
  readonly media: { udpPort: number; announced: readonly string[]; turn: { urls: readonly string[]; secret: string | undefined } };
  /** Engines of the province for live classes, and hosts of plain links besides the known ones (see live/engines/README.md). */
  readonly engines: { bbb: BbbSettings | undefined; livekit: LiveKitSettings | undefined; linkHosts: readonly string[] };
  readonly logLevel: string;
  /** Shows the demonstration accounts on the sign-in page. Never set on a real installation. */
  readonly demo: boolean;
}

/** The project's root: views, migrations and public lie below it. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Several values in one setting, separated by commas. */
function list(each: RegExp, what: string) {
  return z
    .string()
    .default("")
    .transform((text) => text.split(",").map((one) => one.trim()).filter((one) => one !== ""))
    .refine((all) => all.every((one) => each.test(one)), { error: what });
}

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default("0.0.0.0"),
  BASE_URL: z.url().optional(),
  DATA_DIR: z.string().optional(),
  UPLOADS_DIR: z.string().optional(),
  DATABASE_URL: z.string().startsWith("postgres").optional(),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, "a redis:// or rediss:// address").optional(),
  S3_BUCKET: z.string().min(3).optional(),
  S3_ENDPOINT: z.url().optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  PACKAGES_ORIGIN: z.url().optional(),
  UPLOAD_MAX_MB: z.coerce.number().int().min(1).max(10_000).default(200),
  UPLOAD_RESUMABLE_MAX_MB: z.coerce.number().int().min(1).max(100_000).default(2048),
  SCHOOL_QUOTA_GB: z.coerce.number().min(0.001).max(100_000).default(50),
  SMTP_URL: z.string().startsWith("smtp").optional(),
  MAIL_FROM: z.string().default("Học Liệu <no-reply@localhost>"),
  TRUST_PROXY: z.string().optional(),
  SECURE_COOKIES: z.enum(["yes", "no"]).optional(),
  SESSION_DAYS: z.coerce.number().int().min(1).max(90).default(30),
  WORKER: z.enum(["inside", "none"]).default("inside"),
  CLAMD: z.string().regex(/^(\/.+|[^/\s]+:\d+)$/, "a socket's path or host:port").optional(),
  MEDIA_UDP_PORT: z.coerce.number().int().min(0).max(65_535).default(40_404),
  MEDIA_ANNOUNCE: list(/^[0-9a-zA-Z.:[\]-]+$/, "addresses, with :port where it differs, separated by commas"),
  TURN_URLS: list(/^turns?:[^\s,]+$/, "turn: or turns: addresses, separated by commas"),
  TURN_SECRET: z.string().min(8).optional(),
  BBB_URL: z.url({ protocol: /^https?$/ }).optional(),
  BBB_SECRET: z.string().min(8).optional(),
  LIVEKIT_URL: z.url({ protocol: /^(wss?|https?)$/ }).optional(),
  LIVEKIT_API_KEY: z.string().min(1).optional(),
  LIVEKIT_API_SECRET: z.string().min(8).optional(),
  LIVEKIT_MEET_URL: z.url({ protocol: /^https?$/ }).optional(),
  ENGINE_ANSWER_SECONDS: z.coerce.number().min(0.2).max(30).default(5),
  LIVE_LINK_HOSTS: list(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/i, "hosts such as meet.example.edu.vn or *.example.edu.vn, separated by commas"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("warn"),
});

/** @throws Error with one clear line when a setting cannot be used. */
export function readConfig(env: NodeJS.ProcessEnv, mode: { demo: boolean }): Config {
  const read = environment.safeParse(env);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw new Error(`Setting ${String(issue?.path[0])} cannot be used: ${issue?.message}`);
  }
  const set = read.data;
  const dataDir = path.resolve(ROOT, set.DATA_DIR ?? (mode.demo ? "data/demo" : "data"));
  const uploadsDir = path.resolve(ROOT, set.UPLOADS_DIR ?? (mode.demo ? "data/demo/uploads" : "uploads"));
  const baseUrl = set.BASE_URL ?? `http://localhost:${set.PORT}`;
  return Object.freeze({
    port: set.PORT,
    host: set.HOST,
    baseUrl,
    dataDir,
    uploadsDir,
    storage: set.S3_BUCKET === undefined ? { folder: uploadsDir } : { s3: bucketOf(set, set.S3_BUCKET, uploadsDir) },
    database: set.DATABASE_URL ? { postgres: set.DATABASE_URL } : { sqlite: path.join(dataDir, "hoc-lieu.sqlite") },
    redisUrl: set.REDIS_URL,
    packagesOrigin: packagesOrigin(set.PACKAGES_ORIGIN, baseUrl),
    uploadMaxBytes: set.UPLOAD_MAX_MB * 1_000_000,
    resumableMaxBytes: set.UPLOAD_RESUMABLE_MAX_MB * 1_000_000,
    schoolQuotaBytes: Math.round(set.SCHOOL_QUOTA_GB * 1_000_000_000),
    smtpUrl: set.SMTP_URL,
    mailFrom: set.MAIL_FROM,
    trustProxy: set.TRUST_PROXY ?? false,
    secureCookies: set.SECURE_COOKIES ? set.SECURE_COOKIES === "yes" : baseUrl.startsWith("https:"),
    sessionDays: set.SESSION_DAYS,
    worker: set.WORKER,
    clamd: set.CLAMD,
    media: { udpPort: set.MEDIA_UDP_PORT, announced: set.MEDIA_ANNOUNCE, turn: { urls: set.TURN_URLS, secret: set.TURN_SECRET } },
    engines: { bbb: bbbOf(set), livekit: liveKitOf(set), linkHosts: set.LIVE_LINK_HOSTS },
    logLevel: set.LOG_LEVEL,
    demo: mode.demo,
  });
}

function bucketOf(set: z.infer<typeof environment>, bucket: string, uploadsDir: string): S3Address {
  const { S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret } = set;
  if ((id === undefined) !== (secret === undefined)) throw new Error("Settings S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together.");
  return {
    endpoint: set.S3_ENDPOINT,
    region: set.S3_REGION,
    bucket,
    keys: id === undefined || secret === undefined ? undefined : { id, secret },
    incoming: path.join(uploadsDir, "incoming"),
  };
}

function bbbOf({ BBB_URL: url, BBB_SECRET: secret, ENGINE_ANSWER_SECONDS: answerSeconds }: z.infer<typeof environment>): BbbSettings | undefined {
  if (url !== undefined && secret !== undefined) return { url, secret, answerSeconds };
  if (url !== undefined || secret !== undefined) throw new Error("Settings BBB_URL and BBB_SECRET go together.");
  return undefined;
}

function liveKitOf({ LIVEKIT_URL: url, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret, LIVEKIT_MEET_URL: meetUrl, ENGINE_ANSWER_SECONDS: answerSeconds }: z.infer<typeof environment>): LiveKitSettings | undefined {
  if (url !== undefined && key !== undefined && secret !== undefined && meetUrl !== undefined) return { url, key, secret, meetUrl, answerSeconds };
  if ([url, key, secret, meetUrl].some((one) => one !== undefined)) throw new Error("Settings LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET and LIVEKIT_MEET_URL go together.");
  return undefined;
}

/** On the host of the application a frame that may keep its origin would be the application itself. */
function packagesOrigin(address: string | undefined, baseUrl: string): string | undefined {
  if (address === undefined) return undefined;
  if (new URL(address).hostname === new URL(baseUrl).hostname) throw new Error("Setting PACKAGES_ORIGIN cannot be used: it must name another host than BASE_URL.");
  return new URL(address).origin;
}
