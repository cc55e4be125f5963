import { z } from "zod";

const password = z.string().min(1).max(2000);
const again = z.string().max(2000);

/** Names people sign in with: letters, digits and . _ - without marks. */
export const username = z
  .string()
  .trim()
  .toLowerCase()
  .min(3)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, { error: "bad_username" });

const optionalEmail = z
  .union([z.literal(""), z.email({ error: "bad_email" }).max(200)])
  .transform((text) => (text === "" ? null : text.toLowerCase()));

export const NewPasswordForm = z
  .strictObject({ password, again })
  .refine((form) => form.password === form.again, { path: ["again"], error: "passwords_differ" });

export const ChangePasswordForm = z
  .strictObject({ current: password, password, again })
  .refine((form) => form.password === form.again, { path: ["again"], error: "passwords_differ" });

export const ForgottenForm = z.strictObject({ login: z.string().trim().min(1).max(200) });

export const SetUpForm = z
  .strictObject({
    department: z.string().trim().min(1).max(200),
    name: z.string().trim().min(1).max(120),
    username,
    email: optionalEmail,
    password,
    again,
  })
  .refine((form) => form.password === form.again, { path: ["again"], error: "passwords_differ" });

/** Whose access is reset, as the list named them: an old page never resets somebody else's. */
export const ResetForm = z.strictObject({ username: z.string().min(1).max(60) });
