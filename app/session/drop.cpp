#include "app/session/drop.h"

#include "app/i18n/format.h"
#include "app/i18n/i18n.h"

namespace forklight::app::session {

using i18n::tr;

void drop_files(Context& context, std::span<const std::string> paths) {
  if (paths.empty()) return;
  if (paths.size() > 1) {
    context.session.notify(tr("drop.several", fmt::arg("count", i18n::format_count(paths.size()))));
    return;
  }
  // A notice that stands in a dialog would be taken for the dialog's own.
  context.ui.dialog = Dialog::none;
  context.ui.push("open", paths.front());
}

}  // namespace forklight::app::session
