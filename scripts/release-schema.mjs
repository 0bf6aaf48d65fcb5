// npm run release:schema -- 1.2.0: from now on, changes are compared with the schema as it is now.
import { releaseSchema } from "./lib/schema-history.mjs";

const { complaints, notes } = releaseSchema(process.argv[2] ?? "");
for (const complaint of complaints) process.stdout.write(`Not released: ${complaint}\n`);
for (const note of notes) process.stdout.write(`May surprise clients: ${note}\n`);
process.exit(complaints.length === 0 ? 0 : 1);
