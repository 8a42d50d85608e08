// A talk by @openai/agents-realtime: typed, spoken with a tool, and a story that is cut off.
// Called with the address of the server and two files of raw speech: a question, and a wish for a story.
import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Modules are looked for where they were installed, not beside this file.
const from = createRequire(`${process.cwd()}/`);
const load = async (name) => import(pathToFileURL(from.resolve(name)));
const { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } = await load("@openai/agents-realtime");

const [url, question, wish] = process.argv.slice(2);
const told = { tools: [], errors: [], events: {}, spoken: [] };
const PIECE = 960; // bytes: 20 ms
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const getWeather = tool({
  name: "get_weather",
  description: "Get the weather in a city.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
  execute: async ({ city }) => {
    told.tools.push(city);
    return "rainy";
  },
});
const agent = new RealtimeAgent({ name: "guide", instructions: "Be brief.", tools: [getWeather] });
const transport = new OpenAIRealtimeWebSocket({ url: `${url}?model=gpt-realtime` });
const session = new RealtimeSession(agent, { transport, model: "gpt-realtime" });

const count = (name) => (told.events[name] = (told.events[name] ?? 0) + 1);
transport.on("*", (event) => {
  count(event.type);
  if (event.type === "error") told.errors.push(JSON.stringify(event.error));
  if (event.type === "response.output_audio_transcript.done") told.spoken.push(event.transcript);
});
session.on("error", (error) => told.errors.push(JSON.stringify(error)));
for (const name of ["agent_end", "audio_interrupted"]) session.on(name, () => count(name));

const until = async (name, least) => {
  for (let waited = 0; (told.events[name] ?? 0) < least; waited += 10) {
    if (waited > 60_000) throw new Error(`${name} has not come ${least} times: ${JSON.stringify(told)}`);
    await sleep(10);
  }
};
const speak = async (file) => {
  const raw = fs.readFileSync(file);
  for (let at = 0; at < raw.length; at += PIECE) {
    const piece = raw.subarray(at, at + PIECE);
    session.sendAudio(piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length));
    await sleep(2);
  }
};

await session.connect({ apiKey: "any" });
session.sendMessage("What is two plus two?");
await until("agent_end", 1);
await speak(question);
await until("agent_end", 3); // the call, and what is said of its result
await speak(wish);
await until("response.output_audio.delta", (told.events["response.output_audio.delta"] ?? 0) + 5);
await speak(question);
await until("agent_end", 6);
session.close();
console.log(JSON.stringify(told));
process.exit(0);
