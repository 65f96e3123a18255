// Bundles the stylesheet, script, icons and fonts of the pages into a folder:
//
//   node build.mjs <folder> [--sample]
//
// Names carry a hash of the content; every text file is stored plain, as brotli and as gzip; `manifest.json` lists all
// files and, per entry point, the checksum a page puts in `integrity`. `--sample` adds the pages that show every component.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const out = resolve(process.argv[2] ?? 'dist');
const withSample = process.argv.includes('--sample');

// What a first visit may cost, in bytes of brotli.
const BUDGET = { CSS: 35_000, JS: 20_000 };

// The design system's token files hold the brand of the city that made it. Our own values replace them, and these
// marks of that brand may not be left in what we ship: font, drawings (all are data: addresses) and colours.
const FOREIGN_BRAND =
  /Amsterdam Sans|data:|#(?:004699|003677|ec0000|b70000|009de6|00893c|10552b|bed200|e50082|ff9100|a00078|ffe600)/i;

const MIME = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

const TOKEN_FILES = ['index', 'compact'].map((name) =>
  require.resolve(`@amsterdam/design-system-tokens/dist/${name}.css`),
);
const DECLARATION = /^\s*(--ams-[\w-]+)\s*:\s*(.+?);/gm;
const USE = /var\(\s*(--ams-[\w-]+)/g;

/** The text of a stylesheet and of every stylesheet it imports, tokens excepted. */
function stylesheetText(file) {
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(/@import\s+"([^"]+)"/g)].map(([, name]) => {
    if (name.startsWith('.')) return stylesheetText(resolve(dirname(file), name));
    if (name.startsWith('@amsterdam/design-system-css')) return stylesheetText(require.resolve(name));
    return '';
  });
  return [text, ...imported].join('\n');
}

/** The design system's tokens that something uses and that `tokens.css` does not set itself. */
function neededTokens() {
  const ours = new Set();
  for (const [, name] of readFileSync(join(here, 'src/css/tokens.css'), 'utf8').matchAll(DECLARATION)) ours.add(name);

  const theirs = new Map();
  for (const file of TOKEN_FILES) {
    for (const [, name, value] of readFileSync(file, 'utf8').matchAll(DECLARATION)) theirs.set(name, value);
  }

  const needed = new Map();
  const queue = [...stylesheetText(join(here, 'src/app.css')).matchAll(USE)].map(([, name]) => name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (ours.has(name) || needed.has(name) || !theirs.has(name)) continue;
    needed.set(name, theirs.get(name));
    for (const [, inner] of theirs.get(name).matchAll(USE)) queue.push(inner);
  }
  return `:root{${[...needed].map(([name, value]) => `${name}:${value};`).join('\n')}}`;
}

/** Makes `@import "tokens"` stand for the tokens that are needed. */
const tokens = {
  name: 'tokens',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tokens$/ }, () => ({ path: 'tokens', namespace: 'tokens' }));
    onLoad({ filter: /.*/, namespace: 'tokens' }, () => ({ contents: neededTokens(), loader: 'css' }));
  },
};

/** One `<symbol>` per icon file: a page then shows an icon with `<use href="…#name">`. */
function iconSprite() {
  const folder = join(here, 'src/icons');
  const symbols = readdirSync(folder)
    .filter((file) => extname(file) === '.svg')
    .sort()
    .map((file) => {
      const drawing = readFileSync(join(folder, file), 'utf8')
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/^[\s\S]*?<svg[^>]*>/, '')
        .replace('</svg>', '')
        .replace(/<path stroke="none"[^>]*\/>/, '')
        .replace(/\s+/g, ' ')
        .trim();
      const line = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
      return `<symbol id="${basename(file, '.svg')}" viewBox="0 0 24 24" ${line}>${drawing}</symbol>`;
    });
  const licence = '<!-- Tabler Icons 3.51.0, MIT, copyright Paweł Kuna -->';
  return `<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join('')}</svg>`;
}

function writeHashed(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const file = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  writeFileSync(join(out, file), content);
  return file;
}

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

mkdirSync(out, { recursive: true });
const bundled = await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/app.css', main: 'src/main.js' },
  outdir: out,
  bundle: true,
  minify: true,
  metafile: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  entryNames: '[name]-[hash]',
  assetNames: 'files/[name]-[hash]',
  loader: { '.woff2': 'file', '.svg': 'file' },
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [tokens],
});

function entry(extension) {
  const [path] = Object.entries(bundled.metafile.outputs).find(
    ([path, { entryPoint }]) => entryPoint && path.endsWith(extension),
  );
  return relative(out, resolve(here, path));
}

const entries = {
  CSS: entry('.css'),
  JS: entry('.js'),
  ICONS: writeHashed('icons.svg', iconSprite()),
  LOGO: writeHashed('logo.svg', readFileSync(join(here, 'src/img/logo.svg'))),
};

const foreign = readFileSync(join(out, entries.CSS), 'utf8').match(FOREIGN_BRAND);
if (foreign) throw new Error(`the stylesheet still holds "${foreign[0]}" of the design system's own brand: set it in tokens.css`);

// What letters (PDF) are written with: whole fonts, as those of a page hold a part of the letters each.
const LETTER_FONTS = {
  LATIN: 'noto-sans/400Regular/NotoSans_400Regular.ttf',
  LATIN_BOLD: 'noto-sans/700Bold/NotoSans_700Bold.ttf',
  ARABIC: 'noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  ETHIOPIC: 'noto-sans-ethiopic/400Regular/NotoSansEthiopic_400Regular.ttf',
};
const fonts = {};
mkdirSync(join(out, 'letters'), { recursive: true });
for (const [name, path] of Object.entries(LETTER_FONTS)) {
  fonts[name] = `letters/${basename(path)}`;
  writeFileSync(join(out, fonts[name]), readFileSync(join(here, 'node_modules/@expo-google-fonts', path)));
}
writeFileSync(
  join(out, 'files/OFL-noto-sans.txt'),
  readFileSync(join(here, 'node_modules/@expo-google-fonts/noto-sans/LICENSE_FONT')),
);

const files = [];
const brotliSize = {};
for (const path of filesBelow(out).sort()) {
  const mime = MIME[extname(path)];
  if (!mime) continue;
  const name = relative(out, path).replaceAll('\\', '/');
  files.push({ name, mime });
  if (extname(path) === '.woff2') continue; // compressed already
  const content = readFileSync(path);
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  brotliSize[name] = brotli.length;
}

const checksum = (file) => `sha384-${createHash('sha384').update(readFileSync(join(out, file))).digest('base64')}`;
const manifest = {
  entries: Object.fromEntries(Object.entries(entries).map(([key, file]) => [key, { file, sri: checksum(file) }])),
  files,
  fonts,
};
writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);

if (withSample) {
  for (const page of ['sample.html', 'sample-signin.html']) {
    const text = readFileSync(join(here, page), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, key) => entries[key]);
    writeFileSync(join(out, page), text);
  }
}

for (const [key, file] of Object.entries(entries)) {
  const limit = BUDGET[key];
  console.log(`${key} ${(brotliSize[file] / 1000).toFixed(1)} kB brotli${limit ? ` (at most ${limit / 1000})` : ''}`);
  if (limit && brotliSize[file] > limit) {
    console.error(`${key} is over its budget`);
    process.exitCode = 1;
  }
}
