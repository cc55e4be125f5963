import { readdirSync } from "node:fs";
import { expect } from "chai";

/** Waits for a state, not for a time; after so many seconds it fails, saying what was found instead. */
export async function until(holds: () => boolean | Promise<boolean>, seconds = 20, found: () => string = () => ""): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > seconds * 100) expect.fail(`it never came to that ${found()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a folder has no file: the answer of a request may arrive before its temporary files are gone. */
export async function untilEmpty(folder: string): Promise<void> {
  await until(() => namesIn(folder).length === 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was ever written there
  }
}
