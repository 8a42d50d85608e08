"use strict";
const sound = document.querySelector("audio");
const wave = document.querySelector(".wave");
const cursor = document.querySelector(".cursor");
const clock = document.querySelector("#clock");
const rows = [...document.querySelectorAll(".row")];
const length = Number(wave.dataset.seconds) || 1;
const width = wave.viewBox.baseVal.width;
let at = 0;

const timeOf = (element) => Number(element.dataset.at);

function show(seconds) {
  at = Math.min(Math.max(seconds, 0), length);
  const x = (at / length) * width;
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  const whole = Math.floor(at);
  clock.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const begun = rows.filter((row) => timeOf(row) <= at + 0.01);
  const latest = begun.reduce((last, row) => (last && timeOf(last) > timeOf(row) ? last : row), null);
  for (const row of rows) row.classList.toggle("now", row === latest);
}

function seek(seconds, plays = false) {
  show(seconds);
  if (!sound) return;
  sound.currentTime = at;
  if (plays) sound.play();
}

wave.addEventListener("click", (event) => {
  const box = wave.getBoundingClientRect();
  seek(((event.clientX - box.left) / box.width) * length, true);
});
for (const element of document.querySelectorAll("button[data-at]")) {
  element.addEventListener("click", () => seek(timeOf(element), true));
}
if (sound) {
  sound.addEventListener("timeupdate", () => show(sound.currentTime));
}

function step(by) {
  const here = rows.indexOf(document.activeElement);
  const next = rows[Math.min(Math.max(here < 0 ? 0 : here + by, 0), rows.length - 1)];
  if (next) next.focus();
}

const keys = {
  " ": () => sound && (sound.paused ? sound.play() : sound.pause()),
  ArrowLeft: () => seek(at - 5),
  ArrowRight: () => seek(at + 5),
  j: () => step(1),
  k: () => step(-1),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("audio, input, summary")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
show(0);
