// Canonical JSON (RFC 8785) by the npm package of its author, and the SHA-256 over it.
//
//   {"do": "sha256", "document": VALUE} -> {"sha256": HEX}
import {createHash} from 'node:crypto';

import canonicalize from 'canonicalize';

import {serve} from './lines.mjs';

await serve({
  sha256({document}) {
    const text = canonicalize(document);
    return {sha256: createHash('sha256').update(text, 'utf8').digest('hex')};
  }
});
