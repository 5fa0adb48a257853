// An OPC UA server by node-opcua, for tests: wells whose tags change once a period, and a log of every value.
//
//   node opcua_server.mjs '{"port": 4840, "folder": "...", "wells": 2, "tags": 3, "period_ms": 1000, "history": 600}'
//
// Nodes are `W-<n>/t<m>` of the namespace urn:welltegra:node, in l/min. history: values that it keeps of each; 0 for none.
// FOLDER/sent.jsonl gets a line a tick before any of its values can go out: {"time": ms, "values": [...]}, well after
// well, null where the status is bad. Commands come by standard input, one JSON object a line, hold from the next tick
// on, and are repeated in the log once they do; with the input's end it ends:
//   {"set": {"W-1/t0": 120}}     it stays at a value
//   {"set": {"W-1/t0": "bad"}}   the status BadSensorFailure beside a value that looks like any other
//   {"set": {"W-1/t0": "free"}}  as at the beginning: another value each time
//   {"ticking": false}           no values from now on

import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

import { DataType, OPCUACertificateManager, OPCUAServer, StatusCodes, standardUnits } from "node-opcua";

const NAMESPACE = "urn:welltegra:node";
const { port, folder, wells, tags, period_ms: period, history } = JSON.parse(process.argv[2]);

mkdirSync(folder, { recursive: true });
const log = openSync(`${folder}/sent.jsonl`, "a");
const write = (line) => writeSync(log, `${JSON.stringify(line)}\n`);

// Its certificates it would keep under the user's home.
const certificates = (name) => new OPCUACertificateManager({ rootFolder: `${folder}/${name}` });
const server = new OPCUAServer({
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    port,
    serverCertificateManager: certificates("own"),
    userCertificateManager: certificates("users"),
});
await server.initialize();

const { addressSpace } = server.engine;
const namespace = addressSpace.registerNamespace(NAMESPACE);
const unit = { ...standardUnits.litre_per_minute, displayName: "l/min" };
const nodes = [];
const places = new Map();
for (let well = 1; well <= wells; well++) {
    const folderOfWell = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: `W-${well}` });
    for (let tag = 0; tag < tags; tag++) {
        const name = `W-${well}/t${tag}`;
        const node = namespace.addAnalogDataItem({
            componentOf: folderOfWell,
            nodeId: `s=${name}`,
            browseName: `t${tag}`,
            dataType: DataType.Double,
            engineeringUnitsRange: { low: 0, high: 1000 },
            engineeringUnits: unit,
            minimumSamplingInterval: 0, // every change goes out, as it comes
        });
        if (history) addressSpace.installHistoricalDataNode(node, { maxOnlineValues: history });
        places.set(name, nodes.length);
        nodes.push(node);
    }
}

const asked = new Array(nodes.length).fill("free");
let ticking = true;

function tick() {
    const time = new Date();
    const values = asked.map((what) => {
        if (what === "bad") return null;
        return what === "free" ? Math.round(5000 + 1000 * Math.random()) / 100 : what;
    });
    write({ time: time.getTime(), values });
    nodes.forEach((node, place) => {
        const value = values[place];
        const status = value === null ? StatusCodes.BadSensorFailure : StatusCodes.Good;
        node.setValueFromSource({ dataType: DataType.Double, value: value ?? 55 }, status, time);
    });
}

function obey(line) {
    const command = JSON.parse(line);
    for (const [name, what] of Object.entries(command.set ?? {})) asked[places.get(name)] = what;
    ticking = command.ticking ?? ticking;
    write(command);
}

tick();
await server.start();
console.log(`listens on ${server.getEndpointUrl()}`);

let turn = Date.now();
function next() {
    if (ticking) tick();
    // It keeps step with the clock, and leaves out what it came too late for.
    turn += period * Math.max(1, Math.ceil((Date.now() - turn) / period));
    setTimeout(next, turn - Date.now());
}
setTimeout(next, period);

createInterface({ input: process.stdin })
    .on("line", obey)
    .on("close", async () => {
        await server.shutdown(0);
        closeSync(log);
        process.exit(0);
    });
