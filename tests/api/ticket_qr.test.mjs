// Tickets as a scanner sees them: 200 symbols read back by zbarimg, from fine print to coarse, and the codes they hold
// taken for the tickets that they are.
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DRIVER = process.env.VAXLINE_QR_DRIVER;
const TICKETS = 200;

function withTickets(pixels, prefix, use) {
	const dir = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "vaxline-qr-"));
	try {
		const args = [dir, String(TICKETS), String(pixels), prefix];
		const texts = execFileSync(DRIVER, args, { encoding: "utf8" }).trimEnd().split("\n");
		const files = texts.map((_, i) => join(dir, `${String(i).padStart(4, "0")}.png`));
		assert.equal(texts.length, TICKETS);
		use(dir, texts, files);
	} finally {
		rmSync(dir, { recursive: true });
	}
}

// One symbol a picture, so the lines come in the order of the files. zbarimg ends badly when it finds none in one of them.
function scan(files) {
	const args = ["--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", ...files];
	return execFileSync("zbarimg", args, { encoding: "utf8" }).trimEnd().split("\n");
}

function check(dir, lines) {
	const input = lines.map((line) => line + "\r\n").join("");
	return execFileSync(DRIVER, ["check", dir], { encoding: "utf8", input }).trimEnd().split("\n");
}

for (const [form, prefix] of [["bare codes", ""], ["addresses", "HTTPS://VACCINATE.EXAMPLE/T/"]]) {
	for (const pixels of [2, 3, 8]) {
		test(`${TICKETS} ${form} at ${pixels} pixels a module are read back`, () => {
			withTickets(pixels, prefix, (dir, texts, files) => {
				const scanned = scan(files);
				assert.deepEqual(scanned, texts);
				assert.deepEqual(check(dir, scanned), texts.map((_, i) => String(i)));
			});
		});
	}
}

test("codes changed, cut, lengthened or reversed are refused, all of them", () => {
	withTickets(1, "", (dir, codes) => {
		const all = (change) => check(dir, codes.map(change));
		const same = (what) => codes.map(() => what);
		assert.deepEqual(all((c, i) => codes[(i + 1) % TICKETS].slice(0, 8) + c.slice(8)), same("forged"));
		assert.deepEqual(all((c) => [...c].reverse().join("")), same("forged"));
		assert.deepEqual(all((c) => c.slice(0, -1)), same("malformed"));
		assert.deepEqual(all((c) => c + "A"), same("malformed"));
		assert.deepEqual(all((c) => c.toLowerCase()), codes.map((_, i) => String(i)));
	});
});
