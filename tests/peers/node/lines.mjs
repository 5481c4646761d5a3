// A peer is a command that reads one JSON request a line and answers each with one line.
//
//   {"do": "verify", "form": "json" | "jwt" | "png", "path": FILE, "documents": {URL: FILE}}
//     -> {"verified": BOOL, "detail": TEXT, "status": "set" | "clear" | null}
//   {"do": "issue", "form": "json" | "jwt" | "png", "suite": NAME, "document": FILE, "picture": FILE,
//    "out": FILE, "algorithm": "EdDSA" | "ES256" | "ES384" | "RS256", "secret": HEX or PEM,
//    "verificationMethod": URL, "created": TIME, "documents": {URL: FILE}}
//     -> {"path": FILE}
//
// A request that cannot be worked on is answered with {"error": TEXT}, which is not a verdict.
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

// Standard output belongs to the answers.
console.log = console.info = console.error;

export async function serve(actions) {
  for await (const line of createInterface({input: process.stdin})) {
    let answer;
    try {
      const request = JSON.parse(line);
      answer = await actions[request.do](request);
    } catch(error) {
      answer = {error: error.stack ?? String(error)};
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}

export const readJson = path => JSON.parse(readFileSync(path, 'utf8'));

// What an error says, with the errors it was made of.
export function explain(error) {
  if(!error) {
    return '';
  }
  const parts = [error.message ?? String(error)];
  for(const inner of [...(error.errors ?? []), error.cause, error.details?.cause]) {
    if(inner) {
      parts.push(explain(inner));
    }
  }
  return parts.join('; ');
}
