import { LINES, placeOf, type Publisher, type Room, type Slot, type Source, type Subscriber } from "./parts.ts";

const NO_GROUPS: ReadonlySet<Room> = new Set();

/** The rooms that there are, those of classes and those of their groups. */
export class Rooms {
  private readonly byId = new Map<string, Room>();
  /** The rooms of groups, by the room of their class. */
  private readonly groups = new Map<string, Set<Room>>();

  find(id: string): Room | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<Room> {
    return this.byId.values();
  }

  /** A new room, which is found only once it is kept. */
  make(id: string): Room {
    const { liveId, group } = placeOf(id);
    return { id, above: group > 0 ? liveId : undefined, publishers: new Map(), subscribers: new Map(), slots: LINES.map(() => undefined), audience: false, speaker: undefined, tape: undefined };
  }

  keep(room: Room): void {
    this.byId.set(room.id, room);
    if (room.above !== undefined) this.groups.set(room.above, (this.groups.get(room.above) ?? new Set()).add(room));
  }

  remove(room: Room): void {
    if (this.byId.get(room.id) !== room) return;
    this.byId.delete(room.id);
    const groups = room.above === undefined ? undefined : this.groups.get(room.above);
    groups?.delete(room);
    if (room.above !== undefined && groups?.size === 0) this.groups.delete(room.above);
  }

  groupsOf(id: string): ReadonlySet<Room> {
    return this.groups.get(id) ?? NO_GROUPS;
  }

  /** A room and those of its groups, which hear what is said in it. */
  withGroups(room: Room): Room[] {
    return [room, ...this.groupsOf(room.id)];
  }

  /** Who listens in a room and in its groups. */
  within(room: Room): Subscriber[] {
    return this.withGroups(room).flatMap((one) => [...one.subscribers.values()]);
  }

  /** Who is on a line of a room; in a group whoever teaches the whole class comes first. */
  onLine(room: Room, slot: number): Source | undefined {
    const above = room.above === undefined ? undefined : this.byId.get(room.above)?.slots[slot];
    return above && isTeacher(above.session) ? above : room.slots[slot];
  }

  slotsOf(room: Room): Slot[] {
    return LINES.flatMap(({ mid }, i) => {
      const source = this.onLine(room, i);
      return source ? [{ mid, kind: source.kind, person: source.person }] : [];
    });
  }
}

/** Who may share a screen leads the class. */
export function isTeacher(publisher: Publisher): boolean {
  return publisher.kinds.includes("screen");
}
