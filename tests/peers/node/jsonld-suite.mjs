// jsonld.js on the JSON-LD 1.1 suite.
//
//   {"do": "judge", "folder": FOLDER, "tests": [{"name", "group", "input", "expect", "error", "option"}]}
//     -> {"answers": {NAME: {"passes": BOOL, "statements": N-QUADS}}}
//
// `statements` are those of the expected document of a test of expansion.
import {isDeepStrictEqual} from 'node:util';
import {readFileSync} from 'node:fs';
import jsonld from 'jsonld';
import {serve} from './lines.mjs';

const BASE = 'https://w3c.github.io/json-ld-api/tests/';
const NQUADS = 'application/n-quads';

async function judge({folder, tests}) {
  const text = name => readFileSync(`${folder}/${name}`, 'utf8');
  const documentLoader = async url => (
    {contextUrl: null, documentUrl: url, document: JSON.parse(text(url.slice(BASE.length)))});
  const answers = {};
  for(const test of tests) {
    answers[test.name] = await run(test, text, documentLoader);
  }
  return {answers};
}

async function run({group, input, expect, error, option}, text, documentLoader) {
  const json = name => JSON.parse(text(name));
  const options = {
    documentLoader,
    base: option.base ?? BASE + input,
    rdfDirection: option.rdfDirection ?? null,
    produceGeneralizedRdf: option.produceGeneralizedRdf ?? false,
    ...(option.expandContext && {expandContext: json(option.expandContext)})
  };
  const toRdf = document => jsonld.toRDF(document, {...options, format: NQUADS});
  // An expanded document may say `null` where no document to be expanded may.
  const statements = group === 'expand' && expect
    ? {statements: await toRdf(json(expect)).catch(() => toRdf(json(input)))}
    : {};
  try {
    const passes = group === 'expand'
      ? sameSets(await jsonld.expand(json(input), options), expect ? json(expect) : null)
      : await sameStatements(await toRdf(json(input)), expect && text(expect));
    return {passes: error ? false : passes, ...statements};
  } catch(thrown) {
    return {passes: Boolean(error) && (thrown.details?.code ?? thrown.message) === error, ...statements};
  }
}

// Arrays are sets here, save those of lists.
function sameSets(one, other) {
  return isDeepStrictEqual(sorted(one), sorted(other));
}

function sorted(value, isList = false) {
  if(Array.isArray(value)) {
    const items = value.map(item => sorted(item));
    return isList ? items : items.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  }
  if(value && typeof value === 'object') {
    return Object.fromEntries(Object.keys(value).sort().map(
      name => [name, name === '@value' ? value[name] : sorted(value[name], name === '@list')]));
  }
  return value;
}

async function sameStatements(one, other) {
  // A test of syntax alone has nothing to compare with.
  if(!other) {
    return true;
  }
  const canonical = nquads => jsonld.canonize(
    nquads, {algorithm: 'RDFC-1.0', inputFormat: NQUADS, safe: false});
  return await canonical(one) === await canonical(other);
}

await serve({judge});
