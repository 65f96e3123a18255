// Mozilla's HTTP Observatory on a running installation: an outside judge of the headers.
//
//   npm install --ignore-scripts --prefix DIR @mdn/mdn-http-observatory@1.4.8
//   node observatory.mjs DIR localhost:8443
//
// A certificate that it should trust goes in DIR/node_modules/node_extra_ca_certs_mozilla_bundle/ca_bundle/ca_intermediate_bundle.pem.
// Not part of the tests: it brings some 230 packages. What it looks at is held by crates/web/tests/it/headers.rs.

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, host] = process.argv.slice(2);
if (!folder || !host) {
  console.error('give the folder where the observatory is installed, and HOST:PORT');
  process.exit(2);
}

const observatory = join(folder, 'node_modules/@mdn/mdn-http-observatory');
// its own installer fetches the browsers' HSTS list; ours is judged by its header
const preload = join(observatory, 'conf/hsts-preload.json');
if (!existsSync(preload)) writeFileSync(preload, '{}');

const scan = join(folder, 'node_modules/.bin/mdn-http-observatory-scan');
const { scan: result, tests } = JSON.parse(execFileSync(scan, [host], { encoding: 'utf8' }));
for (const [name, test] of Object.entries(tests)) console.log(`${test.pass ? 'ok  ' : 'BAD '} ${name}: ${test.result} (${test.scoreModifier})`);
console.log(`grade ${result.grade}, score ${result.score}`);
process.exit(result.grade.startsWith('A') ? 0 : 1);
