/**
 * The shapes that the server sends, as far as the pages read them. The contract is openapi.json.
 *
 * @typedef {"registration" | "consent" | "injection" | "observation"} Stage
 * @typedef {"kiosk" | "handheld" | "display" | "observation" | "exit" | "board" | "agent" | "program"} DeviceKind
 * @typedef {"unwell" | "early_exit" | "never_arrived" | "overstay" | "call_expired" | "ticket_reused" | "storage_down" |
 *   "storage_lost" | "disk_low" | "clock_doubt"} AlertKind
 *
 * @typedef {object} StageCounts
 * @property {number} waiting
 * @property {number} called
 * @property {number} serving
 * @property {number} done
 *
 * @typedef {object} Desk
 * @property {string} id
 * @property {Stage} stage
 * @property {boolean} open
 * @property {string | null} called number of the ticket
 * @property {string | null} serving number of the ticket
 * @property {number} done
 * @property {number} per_hour
 * @property {boolean} fast
 *
 * @typedef {object} Observation
 * @property {number} in_it tickets
 * @property {number} due tickets that may leave
 * @property {number} on_the_way injected, not yet arrived
 *
 * @typedef {"expected" | "queued" | "called" | "serving" | "parked" | "injected" | "observing" | "unwell" | "completed" |
 *   "deferred" | "declined" | "left" | "left_early" | "transferred" | "no_show"} VisitState
 *
 * @typedef {object} Board
 * @property {string} at
 * @property {{id: string, name: Record<string, string> | null, time_zone: string} | null} site
 * @property {string | null} day
 * @property {{arrived: number, injected: number, by_state: Record<VisitState, number>}} totals
 * @property {{registration: StageCounts, consent: StageCounts, injection: StageCounts, observation: Observation}} stages
 * @property {{total: number, taken: number, free: number}} seats companions counted
 * @property {Desk[]} desks
 * @property {{visit: string, number: string}[]} follow_up
 *
 * @typedef {object} Alert
 * @property {string} id
 * @property {AlertKind} kind
 * @property {string | null} [visit]
 * @property {string | null} [number]
 * @property {string | null} [desk]
 * @property {string | null} [device]
 * @property {string | null} [place]
 * @property {string} raised_at
 * @property {number} count
 * @property {1 | 2 | 3} urgency 3 is the most urgent
 * @property {"open" | "acknowledged" | "settled"} state
 * @property {0 | 1 | 2} escalated
 * @property {string | null} [by]
 *
 * @typedef {object} Alerts
 * @property {string} at
 * @property {Alert[]} alerts
 *
 * @typedef {object} Ticket what whoever holds the code may see
 * @property {string} at
 * @property {string} number
 * @property {VisitState} state
 * @property {Stage | null} stage
 * @property {string | null} desk
 * @property {number | null} ahead people before this one
 * @property {number | null} expected_minutes
 * @property {string | null} due_at
 * @property {"zh-Hans" | "zh-Hant" | "en" | null} language
 *
 * @typedef {object} Device
 * @property {string} id
 * @property {DeviceKind} kind
 * @property {string} name
 * @property {string | null} [desk]
 * @property {"invited" | "enrolled" | "revoked"} state
 * @property {string | null} [last_contact]
 *
 * @typedef {object} Invitation
 * @property {string} code
 * @property {string} url
 * @property {string} qr_svg the address of the link's QR image
 * @property {string} expires_at
 *
 * @typedef {object} Day
 * @property {string | null} day
 * @property {"none" | "open" | "closed"} state
 * @property {({number: string, state: VisitState} | {kind: AlertKind, place?: string})[]} in_the_way visits, and cries of
 *   unwell without a ticket
 */

export {};
