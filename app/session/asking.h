// Asking: from question to question before a run, at the moment in its midst where it stands for one, and the results when they are there.
#pragma once

#include "app/session/command.h"

namespace forklight::app::session {

// Before a run: opens its first question. False if there is none to be asked, or nobody wants to be asked.
bool ask_before_run(Context& context);

// The question that is open; nullptr if none is.
[[nodiscard]] const Prediction* open_prediction(const Context& context);
// Which of how many before the run it is, from 1.
struct Place {
  std::size_t number, of;
};
[[nodiscard]] Place place_of_question(const Context& context);

void vote(Context& context, std::size_t choice);  // a learner's own answer closes the question, a class' votes are counted
void close_question(Context& context);            // with the votes that there are, and on to the next one, or to the run
void skip_question(Context& context);             // without
void ask_no_more(Context& context);               // nor any other of this run, which begins or goes on

// Between two frames: opens what the run stands still for, closes what is past, brings the results on screen once they are all there.
void follow_questions(Context& context);

}  // namespace forklight::app::session
