// Reads source files with tree-sitter: parse.mjs LANGUAGE:FILE… names what it
// does not understand, one line each, and exits with 1 then.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

const { resolve } = createRequire(import.meta.url);
const grammars = { objc: 'tree-sitter-objc/tree-sitter-objc.wasm' };
const loaded = {};

const report = (file, node) => {
  if (node.isError || node.isMissing) {
    console.log(`${file}:${node.startPosition.row + 1}: ${node.isMissing ? `${node.type} is missing` : node.text.slice(0, 80)}`);
    process.exitCode = 1;
  }
  if (node.hasError) node.children.forEach((child) => report(file, child));
};

await Parser.init();
const parser = new Parser();
for (const argument of process.argv.slice(2)) {
  const [language, file] = argument.split(/:(.*)/s);
  loaded[language] ??= await Language.load(resolve(grammars[language] ?? `@cursorless/tree-sitter-wasms/out/tree-sitter-${language}.wasm`));
  parser.setLanguage(loaded[language]);
  report(file, parser.parse(readFileSync(file, 'utf8')).rootNode);
}
