// Checks TypeScript against the types of a module: types.mjs CASES, where CASES
// is a JSON file [{file, module, types}]. Prints a JSON array with what the
// compiler says about each file, "" for nothing.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const options = {
  strict: true, noEmit: true, jsx: ts.JsxEmit.ReactJSX, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [], skipLibCheck: true,
};
const sources = new Map(); // read once: the libraries are the same for all

const says = ({ file, module, types }) => {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (name, ...rest) => {
    if (!sources.has(name)) sources.set(name, read(name, ...rest));
    return sources.get(name);
  };
  host.resolveModuleNames = (names, from) => names.map((name) => {
    const of = name === module ? { resolvedFileName: join(here, 'node_modules', types), extension: '.d.ts' } : undefined;
    // The files are anywhere; what they import is here.
    return of ?? ts.resolveModuleName(name, from === file ? join(here, 'app.tsx') : from, options, host).resolvedModule;
  });
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map((d) => ts.flattenDiagnosticMessageText(d.messageText, ' ')).join('\n');
};
console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[2], 'utf8')).map(says)));
