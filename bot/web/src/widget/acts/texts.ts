/** What is said of ratings and copies. Fetched with them, all languages at once. */
import type { Language } from "../locales.js";

const english = {
  good: "Helpful",
  bad: "Not helpful",
  why: "Why? (optional)",
  tell: "Tell us",
  thanks: "Thank you",
  copy: "Copy",
  copied: "Copied",
  rate: "How was it?",
  stars: "{n} of 5 stars",
};

export type ActTexts = typeof english;

const zh: ActTexts = {
  good: "有帮助",
  bad: "没有帮助",
  why: "原因？（选填）",
  tell: "提交",
  thanks: "谢谢您的反馈",
  copy: "复制",
  copied: "已复制",
  rate: "您对本次服务满意吗？",
  stars: "{n} 星（共 5 星）",
};

const es: ActTexts = {
  good: "Útil",
  bad: "No es útil",
  why: "¿Por qué? (opcional)",
  tell: "Contar",
  thanks: "Gracias",
  copy: "Copiar",
  copied: "Copiado",
  rate: "¿Qué tal ha ido?",
  stars: "{n} de 5 estrellas",
};

const de: ActTexts = {
  good: "Hilfreich",
  bad: "Nicht hilfreich",
  why: "Warum? (freiwillig)",
  tell: "Absenden",
  thanks: "Danke",
  copy: "Kopieren",
  copied: "Kopiert",
  rate: "Wie war es?",
  stars: "{n} von 5 Sternen",
};

const fr: ActTexts = {
  good: "Utile",
  bad: "Pas utile",
  why: "Pourquoi ? (facultatif)",
  tell: "Transmettre",
  thanks: "Merci",
  copy: "Copier",
  copied: "Copié",
  rate: "Comment cela s’est-il passé ?",
  stars: "{n} sur 5 étoiles",
};

const ar: ActTexts = {
  good: "مفيد",
  bad: "غير مفيد",
  why: "لماذا؟ (اختياري)",
  tell: "أخبرنا",
  thanks: "شكرًا لك",
  copy: "نسخ",
  copied: "تم النسخ",
  rate: "كيف كانت الخدمة؟",
  stars: "{n} من 5 نجوم",
};

export const TEXTS: Record<Language, ActTexts> = { en: english, zh, es, de, fr, ar };
