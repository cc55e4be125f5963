import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("units", (t) => {
    t.string("id", 26).primary();
    t.string("kind", 12).notNullable().checkIn(["department", "commune", "cluster", "school", "campus"]);
    t.string("name", 200).notNullable();
    t.string("code", 40).notNullable();
    // School levels of DOMAIN §4; null for units that do not teach.
    t.string("level", 20).nullable();
    t.string("area", 10).nullable(); // town, rural, mountain
    t.string("parent_id", 26).nullable().references("units.id");
    t.string("path", 400).notNullable(); // "/root/…/self/": a subtree is a prefix
    t.string("opened_on", 10).notNullable();
    t.string("closed_on", 10).nullable();
    t.string("merged_into_id", 26).nullable().references("units.id");
    t.string("search_text", 300).notNullable();
    t.string("created_at", 24).notNullable();
    t.index(["parent_id", "name", "id"]);
    t.index(["path"]);
    t.index(["kind", "name", "id"]);
  });
  await knex.schema.createTable("unit_parents", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id");
    t.string("parent_id", 26).notNullable().references("units.id");
    t.string("kind", 12).notNullable(); // the unit's kind while it hung there: a merged school becomes a campus
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).nullable();
    t.index(["unit_id", "from_on"]);
  });
  await knex.schema.createTable("unit_codes", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id");
    t.string("code", 40).notNullable();
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).nullable();
    t.index(["code", "from_on"]);
  });
  await knex.schema.createTable("cluster_members", (t) => {
    t.string("cluster_id", 26).notNullable().references("units.id");
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).nullable();
    t.primary(["cluster_id", "school_id", "from_on"]);
    t.index(["school_id"]);
  });
  await knex.schema.createTable("persons", (t) => {
    t.string("id", 26).primary();
    t.string("name", 120).notNullable();
    t.string("sort_key", 300).notNullable(); // given name, then middle, then family, collated
    t.string("search_text", 300).notNullable();
    t.string("username", 60).notNullable().unique();
    t.string("email", 200).nullable().unique();
    t.string("password_hash", 200).nullable();
    t.string("born_on", 10).nullable();
    t.string("sex", 6).nullable(); // male, female
    t.string("personal_code", 12).nullable().unique(); // số định danh cá nhân
    t.string("sector_code", 20).nullable().unique(); // mã học sinh / mã giáo viên
    t.string("temporary_key", 80).nullable().unique(); // before a pupil has a code
    t.string("state", 10).notNullable().defaultTo("active").checkIn(["active", "suspended"]);
    t.string("language", 2).notNullable().defaultTo("vi");
    t.string("theme", 5).notNullable().defaultTo("auto");
    t.string("created_at", 24).notNullable();
    t.string("signed_in_at", 24).nullable();
  });
  await knex.schema.createTable("subjects", (t) => {
    t.string("code", 20).primary();
    t.string("name_vi", 120).notNullable();
    t.string("name_en", 120).notNullable();
    t.integer("position").notNullable();
  });
  await knex.schema.createTable("national_programme", (t) => {
    t.string("level", 20).notNullable();
    t.integer("grade").notNullable();
    t.string("subject_code", 20).notNullable().references("subjects.code");
    t.string("kind", 20).notNullable(); // compulsory, choice, topic, elective, activity
    t.integer("periods_per_year").notNullable();
    t.string("source", 80).notNullable();
    t.primary(["grade", "subject_code", "kind"]);
  });
  await knex.schema.createTable("subject_groups", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("name", 120).notNullable();
    t.unique(["school_id", "name"]);
  });
  await knex.schema.createTable("subject_group_subjects", (t) => {
    t.string("subject_group_id", 26).notNullable().references("subject_groups.id");
    t.string("subject_code", 20).notNullable().references("subjects.code");
    t.primary(["subject_group_id", "subject_code"]);
  });
  await knex.schema.createTable("memberships", (t) => {
    t.string("id", 26).primary();
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("role", 20)
      .notNullable()
      .checkIn([
        "pupil",
        "parent",
        "teacher",
        "department_head",
        "school_leader",
        "school_admin",
        "commune_officer",
        "province_officer",
        "system_admin",
      ]);
    t.string("unit_id", 26).notNullable().references("units.id");
    t.string("subject_group_id", 26).nullable().references("subject_groups.id");
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).nullable();
    t.index(["person_id"]);
    t.index(["unit_id", "role", "person_id"]);
  });
  await knex.schema.createTable("guardianships", (t) => {
    t.string("parent_id", 26).notNullable().references("persons.id");
    t.string("pupil_id", 26).notNullable().references("persons.id");
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).nullable();
    t.primary(["parent_id", "pupil_id"]);
    t.index(["pupil_id"]);
  });
  await knex.schema.createTable("tokens", (t) => {
    t.string("id", 26).primary();
    t.string("purpose", 12).notNullable().checkIn(["invitation", "reset", "setup", "slip"]);
    t.string("person_id", 26).nullable().references("persons.id");
    t.string("token_hash", 64).notNullable().unique();
    t.string("created_by", 26).nullable();
    t.string("created_at", 24).notNullable();
    t.string("expires_at", 24).notNullable();
    t.string("used_at", 24).nullable();
    t.index(["person_id", "purpose"]);
  });
  await knex.schema.createTable("api_tokens", (t) => {
    t.string("id", 26).primary();
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("name", 80).notNullable();
    t.string("token_hash", 64).notNullable().unique();
    t.string("created_at", 24).notNullable();
    t.string("expires_at", 24).notNullable();
    t.string("revoked_at", 24).nullable();
    t.index(["person_id", "created_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of [
    "api_tokens",
    "tokens",
    "guardianships",
    "memberships",
    "subject_group_subjects",
    "subject_groups",
    "national_programme",
    "subjects",
    "persons",
    "cluster_members",
    "unit_codes",
    "unit_parents",
    "units",
  ]) {
    await knex.schema.dropTable(name);
  }
}
