"""How good answers are, told from a bank of questions with what an answer must and must not hold."""
