# Every library in one place: the system's package first, a pinned source as the fallback where the system has none.
include(FetchContent)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# forklight_dependency(NAME package url sha): find_package(NAME) or fetch.
macro(forklight_find_or_fetch name url tag)
  find_package(${name} CONFIG QUIET)
  if(NOT ${name}_FOUND)
    FetchContent_Declare(${name} GIT_REPOSITORY ${url} GIT_TAG ${tag})
    FetchContent_MakeAvailable(${name})
  endif()
endmacro()

forklight_find_or_fetch(fmt https://github.com/fmtlib/fmt.git 9.1.0)
forklight_find_or_fetch(nlohmann_json https://github.com/nlohmann/json.git v3.11.2)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)

if(FORKLIGHT_APP)
  forklight_find_or_fetch(CLI11 https://github.com/CLIUtils/CLI11.git v2.3.2)
  forklight_find_or_fetch(glfw3 https://github.com/glfw/glfw.git 3.3.8)
  pkg_check_modules(FONTCONFIG REQUIRED IMPORTED_TARGET fontconfig)
  pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
  pkg_check_modules(FREETYPE REQUIRED IMPORTED_TARGET freetype2)
  pkg_check_modules(EGL REQUIRED IMPORTED_TARGET egl)

  # Debian's libimgui.a holds the GLFW and OpenGL 3 backends; it is built with FreeType.
  pkg_check_modules(IMGUI QUIET IMPORTED_TARGET imgui)
  if(IMGUI_FOUND)
    add_library(forklight_imgui INTERFACE)
    target_link_libraries(forklight_imgui INTERFACE PkgConfig::IMGUI PkgConfig::FREETYPE glfw ${CMAKE_DL_LIBS})
  else()
    FetchContent_Declare(imgui GIT_REPOSITORY https://github.com/ocornut/imgui.git GIT_TAG v1.89.9)
    FetchContent_MakeAvailable(imgui)
    add_library(forklight_imgui STATIC
      ${imgui_SOURCE_DIR}/imgui.cpp ${imgui_SOURCE_DIR}/imgui_draw.cpp ${imgui_SOURCE_DIR}/imgui_tables.cpp
      ${imgui_SOURCE_DIR}/imgui_widgets.cpp ${imgui_SOURCE_DIR}/backends/imgui_impl_glfw.cpp
      ${imgui_SOURCE_DIR}/backends/imgui_impl_opengl3.cpp ${imgui_SOURCE_DIR}/misc/cpp/imgui_stdlib.cpp
      ${imgui_SOURCE_DIR}/misc/freetype/imgui_freetype.cpp)
    target_compile_definitions(forklight_imgui PUBLIC IMGUI_ENABLE_FREETYPE)
    target_include_directories(forklight_imgui SYSTEM PUBLIC ${imgui_SOURCE_DIR} ${imgui_SOURCE_DIR}/backends
      ${imgui_SOURCE_DIR}/misc/cpp ${imgui_SOURCE_DIR}/misc/freetype)
    target_link_libraries(forklight_imgui PUBLIC glfw PkgConfig::FREETYPE ${CMAKE_DL_LIBS})
  endif()
  add_library(forklight::imgui ALIAS forklight_imgui)

  # The GL loader is generated at build time by glad's own generator; no generated source is kept.
  find_program(GLAD_PROGRAM glad REQUIRED)
  set(glad_dir ${CMAKE_BINARY_DIR}/glad)
  add_custom_command(
    OUTPUT ${glad_dir}/src/gl.c ${glad_dir}/include/glad/gl.h
    COMMAND ${GLAD_PROGRAM} --quiet --api gl:core=3.3 --extensions= --reproducible --out-path ${glad_dir} c
    COMMENT "Generating the OpenGL 3.3 loader")
  add_library(forklight_glad STATIC ${glad_dir}/src/gl.c)
  target_include_directories(forklight_glad SYSTEM PUBLIC ${glad_dir}/include)
  add_library(forklight::glad ALIAS forklight_glad)
endif()

if(FORKLIGHT_TESTS)
  forklight_find_or_fetch(doctest https://github.com/doctest/doctest.git v2.4.9)
  forklight_find_or_fetch(benchmark https://github.com/google/benchmark.git v1.7.1)
endif()
