// Judge a fault, read where it stands, and see what was refused. Everything that is sent and read is encrypted.

import { Client, Connection, WorkflowUpdateFailedError } from "@temporalio/client";
import { EncryptionCodec, keysFrom } from "./encryption.js";

const [reference = "INC-4711", keyFile = "keys.toml"] = process.argv.slice(2);

const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233" });
const client = new Client({
  connection,
  dataConverter: { payloadCodecs: [new EncryptionCodec(keysFrom(keyFile))] },
});
const incident = client.workflow.getHandle(`incident-${reference}`);

const triage = {
  by: "service management",
  event_id: `triage of ${reference}`,
  criteria: {
    prevents_or_slows: "yes",
    localised_to_kela: "unknown",
    safety: "no",
    privacy: "no",
    locality_unsure_others_affected: "no",
    outside_kanta_blocks_use: "no",
  },
  severity: "high",
  extensive: false,
};

// An update answers: with the new status, or with the reason why not.
const judged = await incident.executeUpdate<{ phase: string }, [object]>("triage", { args: [triage] });
console.log(`phase: ${judged.phase}`);

try {
  await incident.executeUpdate("triage", { args: [{ ...triage, event_id: undefined, severity: "terrible" }] });
} catch (error) {
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  console.log(`refused: ${error.cause?.message}`);
}

// A signal is durable at once and answers nothing; what can't be read is kept under `rejected`.
await incident.signal("triage", { by: "service management" });

interface Status {
  duties: { id: string; state: string; due_at: string }[];
}
const status = await incident.query<Status>("status");
console.log(`duties: ${status.duties.map((duty) => duty.id).join(", ")}`);

const rejected = await incident.query<{ message: string; reason: string }[]>("rejected");
for (const each of rejected) console.log(`rejected: ${each.message}: ${each.reason}`);

await connection.close();
