/** The harmless string by which virus scanners are tested, in two pieces so that no scanner stops at this file. */
const EICAR = Buffer.from("$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!", "latin1");

/** Looks for the test virus in a stream, also where it lies across two chunks; answers whether it was seen so far. */
export function virusWatch(): (chunk: Buffer) => boolean {
  let seen = false;
  let tail: Buffer = Buffer.alloc(0);
  return (chunk) => {
    seen ||= Buffer.concat([tail, chunk]).includes(EICAR);
    tail = chunk.subarray(-EICAR.length);
    return seen;
  };
}
