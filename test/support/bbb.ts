import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { EngineStandIn } from "./engine-stand-in.ts";

interface Meeting {
  createTime: number;
  name: string;
  moderatorPW: string;
  record: string;
  people: Map<string, { userID: string; fullName: string; role: string }>;
}

export const BBB_SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b";

/**
 * BigBlueButton as far as HTTP goes, by its documentation (API Reference, Webhooks): every call needs the SHA-256 of its
 * name, query and secret; meetings come and go; hooks are called with signed forms.
 */
export class BbbStandIn extends EngineStandIn {
  readonly meetings = new Map<string, Meeting>();
  readonly hooks = new Map<string, { callbackURL: string; meetingID: string; eventID: string }>();
  /** Names of the calls that came, and of those whose checksum was wrong. */
  readonly calls: string[] = [];
  readonly refused: string[] = [];
  recordings = "";
  private users = 0;
  private ticks = 0;

  get url(): string {
    return `${this.origin}/bigbluebutton/`;
  }

  /** A browser opens a join address: the person is in, and hooks hear of it. Answers the connection, or why not. */
  async join(address: string): Promise<string> {
    const response = await fetch(address, { redirect: "manual" });
    if (response.status !== 302) throw new Error(await response.text());
    const connection = String(response.headers.get("x-user"));
    const query = new URL(address).searchParams;
    await this.tell(query.get("meetingID") ?? "", "user-joined", connection);
    return connection;
  }

  async leave(meetingID: string, connection: string): Promise<void> {
    const body = this.bodyOf(meetingID, "user-left", connection);
    this.meetings.get(meetingID)?.people.delete(connection);
    await this.deliver(meetingID, "user-left", body);
  }

  /** The meeting is over for everybody: by `end`, or because it was empty. */
  async finish(meetingID: string): Promise<void> {
    const body = this.bodyOf(meetingID, "meeting-ended");
    this.meetings.delete(meetingID);
    await this.deliver(meetingID, "meeting-ended", body);
  }

  bodyOf(meetingID: string, id: string, connection?: string): string {
    const user = connection === undefined ? undefined : this.meetings.get(meetingID)?.people.get(connection);
    const attributes = { meeting: { "internal-meeting-id": "5f2b-1", "external-meeting-id": meetingID }, ...(user ? { user: { "internal-user-id": connection, "external-user-id": user.userID, name: user.fullName, role: user.role } } : {}) };
    const event = { data: { type: "event", id, attributes, event: { ts: Date.parse(this.clock()) } } };
    this.ticks += 1; // no two calls have the same timestamp
    return new URLSearchParams({ domain: "bbb.example", event: `[${JSON.stringify(event)}]`, timestamp: String(Date.parse(this.clock()) + this.ticks) }).toString();
  }

  sign(callbackURL: string, body: string, algorithm = "sha256"): string {
    return createHash(algorithm).update(`${callbackURL}${body}${BBB_SECRET}`).digest("hex");
  }

  private async tell(meetingID: string, id: string, connection: string): Promise<void> {
    await this.deliver(meetingID, id, this.bodyOf(meetingID, id, connection));
  }

  private async deliver(meetingID: string, id: string, body: string): Promise<void> {
    for (const hook of this.hooks.values()) {
      if (hook.meetingID !== meetingID || !hook.eventID.split(",").includes(id)) continue;
      const response = await this.post(hook.callbackURL, body, this.sign(hook.callbackURL, body));
      if (!response.ok) throw new Error(`the hook answered ${response.status}`);
    }
  }

  post(callbackURL: string, body: string, checksum: string): Promise<Response> {
    const { pathname, search } = new URL(callbackURL);
    const headers = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
    return fetch(`${this.deliverTo()}${pathname}${search}${search === "" ? "?" : "&"}checksum=${checksum}`, { method: "POST", body, headers });
  }

  protected break(res: ServerResponse): void {
    res.end("<html>502 Bad Gateway</html>");
  }

  protected answer(req: IncomingMessage, res: ServerResponse): void {
    const url = new URL(req.url ?? "", "http://bbb.example");
    const name = url.pathname.replace("/bigbluebutton/api/", "");
    const query = url.search.slice(1).replace(/&checksum=[0-9a-f]+$/, "");
    this.calls.push(name);
    if (url.searchParams.get("checksum") !== createHash("sha256").update(name + query + BBB_SECRET).digest("hex")) {
      this.refused.push(name);
      return xml(res, fail("checksumError"));
    }
    const get = (key: string): string => url.searchParams.get(key) ?? "";
    const meeting = this.meetings.get(get("meetingID"));
    switch (name) {
      case "create":
        return this.create(get, res);
      case "join":
        return this.enter(get, meeting, res);
      case "getMeetingInfo":
        return xml(res, meeting ? `<returncode>SUCCESS</returncode><meetingName>${escape(meeting.name)}</meetingName><running>true</running>${attendeesOf(meeting)}<metadata></metadata>` : fail("notFound"));
      case "end":
        if (!meeting) return xml(res, fail("notFound"));
        if (get("password") !== meeting.moderatorPW) return xml(res, fail("invalidPassword"));
        void this.finish(get("meetingID"));
        return xml(res, "<returncode>SUCCESS</returncode><messageKey>sentEndMeetingRequest</messageKey>");
      case "getRecordings":
        return xml(res, `<returncode>SUCCESS</returncode>${this.recordings === "" ? "<recordings></recordings><messageKey>noRecordings</messageKey>" : `<recordings>${this.recordings}</recordings>`}`);
      default:
        return this.hook(name, get, res);
    }
  }

  private create(get: (key: string) => string, res: ServerResponse): void {
    const id = get("meetingID");
    if (get("name").length < 2 || get("name").length > 64) return xml(res, fail("sizeError"));
    const known = this.meetings.get(id);
    const meeting = known ?? { createTime: Date.parse(this.clock()) + this.calls.length, name: get("name"), moderatorPW: get("moderatorPW"), record: get("record"), people: new Map() };
    this.meetings.set(id, meeting);
    xml(res, `<returncode>SUCCESS</returncode><meetingID>${id}</meetingID><createTime>${meeting.createTime}</createTime><duration>0</duration>${known ? "<messageKey>duplicateWarning</messageKey>" : "<messageKey></messageKey>"}`);
  }

  private enter(get: (key: string) => string, meeting: Meeting | undefined, res: ServerResponse): void {
    if (!meeting) return xml(res, fail("invalidMeetingIdentifier"));
    if (get("createTime") !== String(meeting.createTime)) return xml(res, fail("mismatchCreateTimeParam"));
    if (!["MODERATOR", "VIEWER"].includes(get("role")) || get("fullName") === "") return xml(res, fail("validationError"));
    this.users += 1;
    const connection = `w_${String(this.users).padStart(12, "0")}`;
    meeting.people.set(connection, { userID: get("userID"), fullName: get("fullName"), role: get("role") });
    res.writeHead(302, { location: "https://bbb.example/html5client/join?sessionToken=x", "x-user": connection }).end();
  }

  private hook(name: string, get: (key: string) => string, res: ServerResponse): void {
    if (name === "hooks/create") {
      const known = [...this.hooks].find(([, hook]) => hook.callbackURL === get("callbackURL"));
      const id = known?.[0] ?? String(this.hooks.size + 1);
      this.hooks.set(id, { callbackURL: get("callbackURL"), meetingID: get("meetingID"), eventID: get("eventID") });
      return xml(res, `<returncode>SUCCESS</returncode><hookID>${id}</hookID>`);
    }
    if (name === "hooks/list") {
      const all = [...this.hooks].filter(([, hook]) => hook.meetingID === get("meetingID"));
      return xml(res, `<returncode>SUCCESS</returncode><hooks>${all.map(([id, hook]) => `<hook><hookID>${id}</hookID><callbackURL><![CDATA[${hook.callbackURL}]]></callbackURL></hook>`).join("")}</hooks>`);
    }
    if (name === "hooks/destroy") {
      const removed = this.hooks.delete(get("hookID"));
      return xml(res, removed ? "<returncode>SUCCESS</returncode><removed>true</removed>" : fail("destroyMissingHook"));
    }
    xml(res, fail("unsupportedRequest"));
  }
}

export function recordingXml(meetingID: string, url: string, published = "true"): string {
  return `<recording><recordID>r-1</recordID><meetingID>${meetingID}</meetingID><published>${published}</published><state>published</state><startTime>1795485600000</startTime><endTime>1795488120000</endTime><playback><format><type>presentation</type><url>${url}</url><length>42</length></format></playback></recording>`;
}

function attendeesOf(meeting: Meeting): string {
  const all = [...meeting.people.values()].map((one) => `<attendee><userID>${one.userID}</userID><fullName>${escape(one.fullName)}</fullName><role>${one.role}</role></attendee>`);
  return `<attendees>${all.join("")}</attendees>`;
}

function fail(key: string): string {
  return `<returncode>FAILED</returncode><messageKey>${key}</messageKey><message>${key}</message>`;
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

function xml(res: ServerResponse, body: string): void {
  res.writeHead(200, { "content-type": "text/xml" }).end(`<response>${body}</response>`);
}
