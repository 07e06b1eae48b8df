// What each of a day's people does, from the door to the exit, as a script that sleeps in simulated time: the part of a Day
// that acts. Each act is held against what the contract says of it, and told to the person's count.
import assert from 'node:assert/strict';
import { Count, ENDED } from './count.mjs';
import { MINUTE, SECOND, uuid } from './ground.mjs';

export const STAGES = ['registration', 'consent', 'injection'];
export const OK = { status: 200 };

// A refusal that changes nothing.
export const refusal = (code) => ({ status: 409, code, marked: false });

// Of the Day it uses: site, hall (the devices), sleepers, now, issued.
export class People {
	servingSeconds = { registration: [25, 50], consent: [40, 80], injection: [45, 90] };

	// --- acting

	// One command, asked until it is answered for good; sometimes by two connections at once. What may be answered:
	// {status, code, marked: in the log}, or any of several.
	async post(client, target, body, ...allowed) {
		const sent = { id: uuid(), ...body };
		const wanted = allowed.length > 0 ? allowed.map((a) => ({ ...OK, ...a })) : [OK];
		const issued = { target, marked: false, answered: false };
		this.issued.set(sent.id, issued);
		const copies = sent.id[0] === '0' && wanted.every((a) => a.marked !== false) ? 2 : 1;
		const answers = await Promise.all(Array.from({ length: copies }, () => client.post(target, sent, { retry: true })));
		const [answer] = answers;
		issued.answered = true;
		if (answer.attempt > 1) this.askedAgain++;
		const said = `${target} ${JSON.stringify(body)}: ${answer.status} ${answer.text}`;
		const fits = wanted.find((a) => a.status === answer.status && (!a.code || a.code === answer.body.code));
		assert.ok(fits, `${said}\nwanted ${JSON.stringify(wanted)}`);
		issued.marked = fits.marked ?? true;
		this.answered?.(answers);
		for (const other of answers) assert.equal(other.text, answer.text, 'the same id, the same answer');
		return answer.body;
	}

	act(person, client, action, body = {}, ...allowed) {
		return this.post(client, `/api/visits/${person.token}/${action}`, body, { code: action }, ...allowed);
	}

	scan(person, client, ...allowed) {
		return this.post(client, '/api/scan', { code: person.token }, ...allowed);
	}

	sleep(ms, phase) {
		return this.sleepers.until(this.now + ms, phase);
	}

	// --- the people

	async checkIn(person) {
		const { visit, ticket } = await this.post(person.random.pick(this.hall.kiosks), '/api/visits', {
			person: { name: `人${person.index}`, birth_date: '1960-01-01' }, language: 'zh-Hans',
		}, { status: 201 });
		person.count = new Count();
		this.ticketed(person, visit, ticket);
		return true;
	}

	ticketed(person, visit, ticket) {
		Object.assign(person, { id: visit.id, number: ticket.number, token: ticket.token });
		this.byId.set(person.id, person);
		this.queues(person, 'registration', 'check_in');
	}

	queues(person, stage, by) {
		person.count.becomes('queued', by, { stage });
	}

	// The desk may be told to start now; a hall has reasons to wait.
	async mayStart() {
		return true;
	}

	// Waits to be called at its stage and is served there; false when the person's way ends in between.
	async served(person) {
		const { count, plan } = person;
		for (;;) {
			if (count.state !== 'called') await this.sleepers.held((call) => (person.call = call));
			const { stage } = count;
			await this.sleep(person.random.seconds(10, 25));
			if (count.state !== 'called') continue; // the desk closed
			const desk = count.desk;
			if (person.absent > 0) {
				await this.sleep(person.random.seconds(40, 60));
				if (count.state !== 'called' || count.desk !== desk) continue;
				await this.noShow(person, desk);
				if (count.state === 'parked') return false;
				continue;
			}
			if (plan === 'comes_late' && stage === 'consent' && !person.late) {
				person.late = true;
				await this.sleep(4 * MINUTE);
				if (count.state !== 'called') continue;
			}
			if (plan === 'unwell_called' && stage === 'consent' && !person.cried) {
				person.cried = true;
				this.free(person);
				if (!(await this.unwell(person))) return false;
				continue;
			}
			if (!(await this.mayStart(person))) continue;
			await this.start(person, count.desk);
			return true;
		}
	}

	async begin(person, desk) {
		await this.scan(person, desk.handheld, { code: 'start' });
		person.count.becomes('serving', 'start', { desk });
	}

	async start(person, desk) {
		await this.begin(person, desk);
		await this.sleep(person.random.seconds(...this.servingSeconds[person.count.stage]));
	}

	async noShow(person, desk) {
		person.absent--;
		person.noShows = (person.noShows ?? 0) + 1;
		await this.act(person, desk.handheld, 'no_show');
		this.free(person);
		if (person.noShows === 3) person.count.becomes('parked', 'no_show');
		else this.queues(person, person.count.stage, 'no_show');
	}

	free(person) {
		person.count.desk?.people.delete(person);
	}

	// Leaves the desk by an act of it.
	async done(person, action, state, body = {}, stage = undefined) {
		const { desk } = person.count;
		await this.act(person, desk.handheld, action, body);
		this.free(person);
		if (action === 'finish' || action === 'inject') this.finished[person.count.stage]++;
		if (state === 'queued') this.queues(person, stage, action);
		else person.count.becomes(state, action, { stage: state === 'injected' ? 'observation' : person.count.stage });
	}

	goesToHospital(person) {
		return person.random.chance(0.3);
	}

	// Reports unwell, and what the treatment room makes of it; false when sent to hospital.
	async unwell(person) {
		const { count } = person;
		const { hall } = this;
		const { random } = person;
		const devices = [hall.board, hall.kiosks[0], hall.exits[0], hall.display, hall.observers[1], hall.screen];
		const before = count.state;
		let alert;
		if (random.chance(0.5)) ({ alert } = await this.post(random.pick(devices), '/api/unwell', { code: person.token }, { code: 'unwell' }));
		else ({ alert } = await this.act(person, random.pick(devices), 'unwell'));
		count.becomes('unwell', 'unwell');
		count.cry('unwell', this.now);
		await this.sleep(random.seconds(5, 100));
		if (random.chance(0.8)) {
			await this.post(random.pick([hall.board, hall.treatment, hall.exits[1]]), `/api/alerts/${alert.id}/acknowledge`, {});
			count.acknowledge('unwell');
		}
		if (random.chance(0.3)) {
			await this.sleep(random.seconds(5, 40));
			await this.post(random.pick(devices), '/api/unwell', { code: person.token, place: 'row 3' }, { code: 'unwell' });
			count.cry('unwell', this.now);
		}
		await this.sleep(random.seconds(30, 90));
		await this.act(person, hall.treatment, 'assess', { note: 'seen' });
		await this.sleep(random.seconds(30, 120));
		if (this.goesToHospital(person)) {
			await this.act(person, hall.treatment, 'transfer');
			count.becomes('transferred', 'transfer');
			return false;
		}
		if (count.injectedAt) {
			await this.act(person, hall.treatment, 'clear', { minutes: 20 });
			count.becomes('observing', 'clear', { dueAt: this.now + 20 * MINUTE });
		} else {
			await this.act(person, hall.treatment, 'clear');
			count.becomes(ENDED.includes(before) ? before : 'queued', 'clear');
		}
		return true;
	}

	async script(person) {
		const { plan } = person;
		await this.sleepers.until(person.arrives);
		if (!(await this.checkIn(person))) return;
		const { count } = person;
		if (!(await this.beforeRegistration(person))) return;
		for (;;) {
			if (!(await this.served(person))) return;
			const { stage } = count;
			if (stage === 'consent' && plan === 'deferred') {
				await this.done(person, 'defer', 'deferred', { reason: 'fever' });
				return this.freeToGo(person);
			}
			if (stage === 'consent' && plan === 'declined') {
				await this.done(person, 'decline', 'declined');
				return this.freeToGo(person);
			}
			if (stage === 'consent' && plan === 'sent_back' && !person.sentBack) {
				person.sentBack = true;
				await this.done(person, 'return_to', 'queued', { stage: 'registration' }, 'registration');
				continue;
			}
			if (stage === 'injection' && plan === 'unwell_serving' && !person.cried) {
				person.cried = true;
				this.free(person);
				if (!(await this.unwell(person))) return;
				continue;
			}
			if (stage === 'injection') break;
			await this.done(person, 'finish', 'queued', {}, STAGES[STAGES.indexOf(stage) + 1]);
		}
		await this.injected(person);
	}

	// What is in the syringe.
	doseOf(person) {
		return { vaccine: 'inactivated', lot: `L${person.index % 7}`, dose: 1, checks: true };
	}

	async injected(person) {
		const { count } = person;
		count.injectedAt = this.now;
		count.dueAt = this.now + 30 * MINUTE;
		person.dose = this.doseOf(person);
		await this.done(person, 'inject', 'injected', person.dose);
		if (await this.toObservation(person)) await this.afterArrival(person);
	}

	async park(person) {
		await this.act(person, this.hall.board, 'park');
		person.count.becomes('parked', 'park');
	}

	async beforeRegistration(person) {
		const { plan, count } = person;
		const { board, exits } = this.hall;
		if (plan === 'no_show') person.absent = 1;
		if (plan === 'no_show_thrice') person.absent = 3;
		if (plan === 'leaves') {
			await this.scan(person, exits[1], refusal('not_injected'));
			await this.act(person, exits[1], 'leave');
			count.becomes('left', 'leave');
			return false;
		}
		if (plan === 'parked' || plan === 'parked_for_good') {
			await this.park(person);
			if (plan === 'parked_for_good') return false;
			await this.sleep(person.random.seconds(120, 900));
			await this.act(person, board, 'resume');
			count.becomes('queued', 'resume');
		}
		return plan !== 'unwell_queue' || this.unwell(person);
	}

	async freeToGo(person) {
		await this.sleep(person.random.seconds(30, 60));
		await this.scan(person, person.random.pick(this.hall.exits), { code: 'free_to_go' });
	}

	observer(person) {
		return person.random.pick(this.hall.observers);
	}

	async arrives(person) {
		await this.scan(person, this.observer(person), { code: 'arrive' });
		person.count.becomes('observing', 'arrive');
	}

	// From the needle to the chair; false when the way ends before.
	async toObservation(person) {
		const { plan, count } = person;
		await this.sleep(person.random.seconds(40, 200));
		if (plan === 'unwell_injected') {
			if (!(await this.unwell(person))) return false;
			return true;
		}
		if (plan === 'early_unarrived') {
			await this.refusedAtExit(person);
			await this.sleep(person.random.seconds(15, 30));
			await this.act(person, this.hall.exits[1], 'returned');
			count.becomes('injected', 'returned');
		}
		if (plan === 'arrives_late') await this.sleep(count.injectedAt + person.random.seconds(360, 540) - this.now);
		if (plan === 'never_arrives') {
			await this.sleep(8 * MINUTE);
			await this.act(person, this.observer(person), 'walked_out');
			count.becomes('left_early', 'walked_out');
			return false;
		}
		if (plan === 'only_exits') {
			await this.sleep(count.dueAt + person.random.seconds(5, 120) - this.now);
			await this.scan(person, this.hall.exits[0], refusal('not_observed'));
			await this.sleep(person.random.seconds(20, 60));
			await this.act(person, this.observer(person), 'release', { reason: 'looked at' });
			count.becomes('completed', 'release');
			return false;
		}
		await this.arrives(person);
		return true;
	}

	async refusedAtExit(person) {
		await this.scan(person, person.random.pick(this.hall.exits), { status: 409, code: 'not_due' });
		person.count.cry('early_exit', this.now);
	}

	async afterArrival(person) {
		const { plan, count } = person;
		const { hall } = this;
		const { random } = person;
		const early = ['early_stopped', 'early_back', 'early_gone', 'early_gone_unwell'];
		if (early.includes(plan)) {
			await this.sleep(random.seconds(240, 900));
			await this.refusedAtExit(person);
		}
		if (plan === 'early_stopped') {
			await this.sleep(random.seconds(20, 60));
			if (random.chance(0.5)) await this.refusedAtExit(person); // once more, with the guard before him
			await this.sleep(random.seconds(20, 90));
			await this.act(person, hall.exits[0], 'returned');
			count.becomes('observing', 'returned');
		}
		if (plan === 'early_back') {
			await this.sleep(random.seconds(200, 420));
			assert.equal(count.state, 'left_early');
			await this.scan(person, this.observer(person), { code: 'returned' });
			count.becomes('observing', 'returned');
		}
		if (plan === 'early_gone') return;
		if (plan === 'early_gone_unwell') {
			await this.sleep(random.seconds(240, 600));
			if (!(await this.unwell(person))) return;
		}
		if (plan === 'walked_out') {
			await this.sleep(random.seconds(240, 900));
			await this.act(person, this.observer(person), 'walked_out');
			count.becomes('left_early', 'walked_out');
			if (person.index % 2) return;
		}
		if (plan === 'unwell_observing') {
			await this.sleep(random.seconds(60, 900));
			if (!(await this.unwell(person))) return;
		}
		if (plan === 'extended') {
			await this.sleep(random.seconds(60, 600));
			await this.act(person, this.observer(person), 'extend', { minutes: 15, reason: 'allergy' });
			const old = count.dueAt;
			count.becomes('observing', 'extend', { dueAt: old + 15 * MINUTE });
			await this.sleep(old - this.now);
			await this.refusedAtExit(person);
			await this.sleep(random.seconds(20, 60));
			await this.act(person, hall.exits[1], 'returned');
			count.becomes('observing', 'returned');
		}
		await this.leavesInTime(person);
	}

	async leavesInTime(person) {
		const { plan, count } = person;
		const { hall } = this;
		const { random } = person;
		await this.sleep(count.dueAt - this.now + (plan === 'overstays' ? random.seconds(905, 1200) : random.below(125 / this.grid) * this.grid * SECOND));
		if (count.state !== 'observing') return; // gone meanwhile
		await this.scan(person, random.pick(hall.exits), { code: 'release' });
		count.becomes('completed', 'release');
		if (plan === 'reused') {
			await this.sleep(random.seconds(60, 120));
			await this.scan(person, random.pick(hall.exits), { status: 409, code: 'ticket_ended' });
			count.cry('ticket_reused', this.now);
		}
		if (plan === 'unwell_completed') {
			await this.sleep(random.seconds(60, 300));
			if (!(await this.unwell(person))) return;
			await this.sleep(count.dueAt - this.now);
			await this.scan(person, random.pick(hall.exits), { code: 'release' });
			count.becomes('completed', 'release');
		}
	}
}
