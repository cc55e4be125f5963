import passport from "passport";
import { Strategy } from "passport-local";
import { passwordFits } from "./passwords.ts";
import { findCredentials } from "./store.ts";
import type { Db } from "../platform/db.ts";

/** The passport of one application: local user name and password; the session keeps the person's id. */
export function makePassport(db: Db): passport.Authenticator {
  const authenticator = new passport.Passport();
  authenticator.use(
    new Strategy({ usernameField: "login", passwordField: "password" }, (login, password, done) => {
      checkPassword(db, login, password).then(
        (personId) => done(null, personId === undefined ? false : { personId }),
        (error: unknown) => done(error),
      );
    }),
  );
  authenticator.serializeUser((user, done) => done(null, user.personId));
  authenticator.deserializeUser((personId: string, done) => done(null, { personId }));
  return authenticator;
}

/** The person whose password this is. Unknown, suspended and wrong take the same time and get the same answer. */
async function checkPassword(db: Db, login: string, password: string): Promise<string | undefined> {
  const found = await findCredentials(db, login);
  const fits = await passwordFits(password, found?.password_hash ?? null);
  return fits && found?.state === "active" ? found.id : undefined;
}

declare global {
  namespace Express {
    interface User {
      personId: string;
    }
  }
}
