// kantadesk's payload encryption for Temporal's TypeScript SDK: AES-256-GCM, the same bytes as workers/codec/codec.py.
//
// A payload is encrypted whole, metadata included. Beside it stand the key's id and the encoding of what is inside; both
// are bound to the ciphertext as associated data, so that neither can be changed unnoticed.

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Payload, PayloadCodec } from "@temporalio/common";
import proto from "@temporalio/proto";
import { parse } from "smol-toml";

const ProtoPayload = proto.temporal.api.common.v1.Payload;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const text = new TextDecoder();

/** The keys of an installation: the current one encrypts, each decrypts. */
export interface KeyRing {
  current: string;
  keys: Map<string, Buffer>;
}

/** Read kantadesk's key file. Who has it can read every incident: keep it as you keep a private key. */
export function keysFrom(path: string): KeyRing {
  const { current, keys } = parse(readFileSync(path, "utf8")) as { current: string; keys: Record<string, string> };
  return {
    current,
    keys: new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(key, "base64")])),
  };
}

export class EncryptionCodec implements PayloadCodec {
  constructor(private readonly ring: KeyRing) {}

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.encrypted(payload));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.decrypted(payload) : payload));
  }

  private encrypted(payload: Payload): Payload {
    const inside = Buffer.from(payload.metadata?.encoding ?? []);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.key(this.ring.current), nonce);
    cipher.setAAD(boundTo(this.ring.current, inside));
    const sealed = [cipher.update(ProtoPayload.encode(payload).finish()), cipher.final(), cipher.getAuthTag()];
    return {
      metadata: {
        encoding: Buffer.from("binary/encrypted"),
        "encryption-key-id": Buffer.from(this.ring.current),
        "encryption-inside": inside,
      },
      data: Buffer.concat([nonce, ...sealed]),
    };
  }

  private decrypted(payload: Payload): Payload {
    const id = text.decode(payload.metadata?.["encryption-key-id"] ?? undefined);
    const data = Buffer.from(payload.data ?? []);
    const decipher = createDecipheriv("aes-256-gcm", this.key(id), data.subarray(0, NONCE_BYTES));
    decipher.setAAD(boundTo(id, Buffer.from(payload.metadata?.["encryption-inside"] ?? [])));
    decipher.setAuthTag(data.subarray(-TAG_BYTES));
    const opened = [decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return ProtoPayload.decode(Buffer.concat(opened));
  }

  private key(id: string): Buffer {
    const key = this.ring.keys.get(id);
    if (key === undefined) throw new Error(`the key ${id} is not in the key file`);
    return key;
  }
}

function isEncrypted(payload: Payload): boolean {
  return text.decode(payload.metadata?.encoding ?? undefined) === "binary/encrypted";
}

function boundTo(keyId: string, inside: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`kantadesk payload 1\0${keyId}\0`), inside]);
}
