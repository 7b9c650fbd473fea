// Reads a Mermaid sequence diagram from standard input with Mermaid's own
// parser and prints what it understood: who takes part and every message.
import { readFileSync } from 'node:fs';
import mermaid from 'mermaid';

const text = readFileSync(0, 'utf8');
await mermaid.parse(text);
const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
// Mermaid keeps #code; in a spelling of its own until it draws.
const decoded = (s) => s.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));
console.log(JSON.stringify({
  actors: [...db.getActors().values()].map((a) => decoded(a.description)),
  messages: db.getMessages().map((m) => decoded(m.message)),
}));
