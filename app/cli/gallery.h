// forklight gallery DIR: makes the pictures of all lessons anew, from real runs. For who works on Forklight; not in the help.
#pragma once

#include <filesystem>
#include <string>

namespace forklight::app::cli {

// One file a lesson; `only`: of one lesson, "" = of all. Throws base::Failure where a run fails or a file cannot be written.
void make_gallery(const std::filesystem::path& directory, const std::string& only, const std::filesystem::path& engine);

}  // namespace forklight::app::cli
