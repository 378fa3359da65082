// Reads calendar files with each of the readers and prints what each understood; all in one process, which takes long
// to start.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
import { convertIcsCalendar } from "ts-ics";

const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Helsinki", dateStyle: "short", timeStyle: "short" });

// A moment, and what a clock on a wall in Finland shows then.
const at = (date) => ({ moment: date.toISOString(), wall: wall.format(date) });

const readers = {
  "ical.js": (text) => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const events = calendar.getAllSubcomponents("vevent").map((component) => {
      const event = new ICAL.Event(component, { strictExceptions: true });
      return {
        uid: event.uid,
        sequence: event.sequence,
        status: component.getFirstPropertyValue("status"),
        starts: at(event.startDate.toJSDate()),
        ends: at(event.endDate.toJSDate()),
        summary: event.summary,
        description: event.description,
      };
    });
    return { method: calendar.getFirstPropertyValue("method"), events };
  },
  "node-ical": (text) => {
    const read = Object.values(nodeIcal.sync.parseICS(text));
    const events = read.filter((each) => each.type === "VEVENT").map((event) => ({
      uid: event.uid,
      sequence: Number(event.sequence),
      status: event.status,
      starts: at(event.start),
      ends: at(event.end),
      summary: event.summary,
      description: event.description,
    }));
    return { method: read.find((each) => each.type === "VCALENDAR").method ?? events[0]?.method, events };
  },
  "ts-ics": (text) => {
    const calendar = convertIcsCalendar(undefined, text);
    const events = calendar.events.map((event) => ({
      uid: event.uid,
      sequence: event.sequence,
      status: event.status,
      starts: at(event.start.date),
      ends: at(event.end.date),
      summary: event.summary,
      description: event.description,
    }));
    return { method: calendar.method, events };
  },
};

// Every file by its name, by each reader, on a machine of each zone.
const { zones, files } = JSON.parse(readFileSync(0, "utf8"));
const each = (of, make) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, make(value)]));
const read = zones.map((zone) => {
  process.env.TZ = zone;
  const midwinter = new Date(2027, 0, 15); // made now, so that it has the offset of this zone
  return [zone, { offset: midwinter.getTimezoneOffset(), read: each(readers, (reader) => each(files, reader)) }];
});
console.log(JSON.stringify(Object.fromEntries(read)));
