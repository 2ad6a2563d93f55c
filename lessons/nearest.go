package lessons

import "docker-tutor/lessons/command"

// Nearest gives the word that was probably meant, or nothing; see command.Nearest.
func Nearest(word string, among []string) string { return command.Nearest(word, among) }
