/**
 * What the pages are measured against: a plain Express + EJS page of the usual size with five indexed reads of the same
 * database (a SQLite file, or the address of a PostgreSQL one), through knex and its driver as they come. No session, no
 * layout, no access rules.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import ejs from "ejs";
import express from "express";
import knex from "knex";
import { tellProcessorTime } from "./measure.ts";

const place = process.argv[2] ?? "";
const pool = { min: 1, max: 4 };
const db = place.startsWith("postgres") ? knex({ client: "pg", connection: place, pool }) : knex({ client: "sqlite3", connection: { filename: place }, useNullAsDefault: true, pool });
const one = async (table: string): Promise<string> => ((await db(table).select("id").first()) as { id: string }).id;
const [person, course, material, klass, plan] = await Promise.all(["persons", "courses", "materials", "classes", "plans"].map(one));

const template = ejs.compile(
  `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title><%= course.name %></title></head><body>
  <h1><%= course.name %></h1><p><%= person.name %> – <%= klass.name %> – <%= material.title %></p>
  <ul><% for (const lesson of lessons) { %><li><%= lesson.position %>. <%= lesson.title %> (<%= lesson.periods %>)</li><% } %></ul></body></html>`,
);

const app = express();
app.get("/", async (_req, res) => {
  const page = {
    person: await db("persons").where({ id: person }).first(),
    course: await db("courses").where({ id: course }).first(),
    material: await db("materials").where({ id: material }).first(),
    klass: await db("classes").where({ id: klass }).first(),
    lessons: await db("plan_lessons").where({ plan_id: plan }).orderBy("position").limit(40),
  };
  res.type("html").send(template(page));
});

tellProcessorTime();
const server = createServer(app);
server.listen(0, "127.0.0.1", () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`));
