/** Two soft notes for a message that nobody watched come; silent until the customer has touched the page. */
export function chime(): void {
  if (!navigator.userActivation?.hasBeenActive) return;
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.value = 0.05;
  volume.connect(audio.destination);
  [660, 880].forEach((pitch, i) => {
    const note = audio.createOscillator();
    note.frequency.value = pitch;
    note.connect(volume);
    note.start(audio.currentTime + i * 0.12);
    note.stop(audio.currentTime + i * 0.12 + 0.1);
  });
  setTimeout(() => void audio.close(), 1000);
}
