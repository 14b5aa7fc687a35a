// Builds every src/entries/NAME.ts to static/NAME.js and NAME.css to NAME.css, or those that begin with a name that is
// given; with --check it writes nothing and fails where a file differs.
// The same sources give the same bytes: the versions of all tools are pinned in package-lock.json.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const entries = join(here, "src", "entries");
const out = join(here, "static");
/** Loaded as classic scripts: they know their own address by document.currentScript. All others are modules. */
const CLASSIC = new Set(["widget.ts"]);

const wanted = process.argv.slice(2).find((given) => !given.startsWith("--")) ?? "";

const minified = {
  name: "minified",
  setup(builder) {
    // Between tags no template needs white space over a line's end, and within a tag one space is enough.
    builder.onLoad({ filter: /\/(ui|acts)\/\w+\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8").replace(/\n\s+(?=[@?]?[\w-]+=["$])/g, " ");
      const contents = source.replace(/([>}])\n\s+(?=[<>]|\$\{)/g, "$1");
      return { contents, loader: "ts" };
    });
    // Styles of the widget are texts within its script; those of an entry are a file of their own.
    builder.onLoad({ filter: /\/widget\/.*\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim().replaceAll(", ", ","), loader: "text" };
    });
  },
};

async function built(classic) {
  const names = (existsSync(entries) ? readdirSync(entries, { recursive: true }) : [])
    .filter((name) => /\.(ts|css)$/.test(name) && name.startsWith(wanted) && CLASSIC.has(name) === classic)
    .sort();
  if (!names.length) return [];
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: names.map((name) => join(entries, name)),
    outbase: entries,
    outdir: out,
    bundle: true,
    charset: "utf8",
    conditions: ["production"],
    format: classic ? "iife" : "esm",
    legalComments: "external",
    minify: true,
    plugins: [minified],
    target: "es2022",
    // What is a module anyway needs no word to be strict.
    ...(classic ? { tsconfigRaw: {} } : { tsconfig: join(here, "tsconfig.json") }),
    write: false,
  });
  return outputFiles.filter(({ contents }) => contents.length);
}

const files = [...(await built(true)), ...(await built(false))];
const differing = files.filter(({ path, contents }) => !existsSync(path) || !readFileSync(path).equals(contents));
if (process.argv.includes("--check")) {
  for (const { path } of differing) console.error(`kefu: ${relative(here, path)} is not what its sources build`);
  if (differing.length) console.error("kefu: run scripts/build-web and commit what it wrote");
  process.exitCode = differing.length ? 1 : 0;
} else {
  for (const { path, contents } of differing) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
    console.log(`kefu: wrote ${relative(here, path)} (${contents.length} bytes)`);
  }
}
