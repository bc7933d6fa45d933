// What differs between Dear ImGui 1.86 (Debian 12) and 1.92: the only file that asks for IMGUI_VERSION_NUM.
#pragma once

#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>
#include <imgui_freetype.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace forklight::app::platform::compat {

// --- drawing: `flags` and `thickness` changed places in 1.92.8, and both orders compile -----------

inline void rect(ImDrawList* list, ImVec2 min, ImVec2 max, ImU32 color, float rounding, float thickness) {
#if IMGUI_VERSION_NUM >= 19280
  list->AddRect(min, max, color, rounding, thickness, ImDrawFlags_None);
#else
  list->AddRect(min, max, color, rounding, ImDrawFlags_None, thickness);
#endif
}

inline void polyline(ImDrawList* list, const ImVec2* points, int count, ImU32 color, bool closed, float thickness) {
  const ImDrawFlags flags = closed ? ImDrawFlags_Closed : ImDrawFlags_None;
#if IMGUI_VERSION_NUM >= 19280
  list->AddPolyline(points, count, color, thickness, flags);
#else
  list->AddPolyline(points, count, color, flags, thickness);
#endif
}

inline void stroke_path(ImDrawList* list, ImU32 color, bool closed, float thickness) {
  const ImDrawFlags flags = closed ? ImDrawFlags_Closed : ImDrawFlags_None;
#if IMGUI_VERSION_NUM >= 19280
  list->PathStroke(color, thickness, flags);
#else
  list->PathStroke(color, flags, thickness);
#endif
}

// --- fonts: since 1.92 a font has no size of its own ----------------------------------------------

[[nodiscard]] inline float font_size(const ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
  return font->LegacySize;
#else
  return font->FontSize;
#endif
}

inline void push_font(ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
  ImGui::PushFont(font, font->LegacySize);
#else
  ImGui::PushFont(font);
#endif
}

// From the top of a line to where its letters stand, pixels.
[[nodiscard]] inline float font_ascent(ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
  return font->GetFontBaked(font->LegacySize)->Ascent;
#else
  return font->Ascent;
#endif
}

// Which texture a command draws with, before it is drawn.
[[nodiscard]] inline std::uint64_t texture_of(const ImDrawCmd& command) {
#if IMGUI_VERSION_NUM >= 19200
  if (command.TexRef._TexData != nullptr) return reinterpret_cast<std::uintptr_t>(command.TexRef._TexData);
  return static_cast<std::uint64_t>(command.TexRef._TexID);
#else
  return reinterpret_cast<std::uintptr_t>(command.TextureId);
#endif
}

// How wide the smoothed edge of a shape is, pixels.
inline void set_fringe(ImDrawList* list, float width) {
  list->_FringeScale = width;
}

// FreeType at 1.86 … 1.91 is chosen by a pointer, since 1.92 by a loader.
inline void use_freetype(ImFontAtlas* atlas) {
#if IMGUI_VERSION_NUM >= 19200
  atlas->SetFontLoader(ImGuiFreeType::GetFontLoader());
#else
  atlas->FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
#endif
}

inline void set_light_hinting(ImFontConfig& config) {
#if IMGUI_VERSION_NUM >= 19200
  config.FontLoaderFlags = ImGuiFreeTypeLoaderFlags_LightHinting;
#else
  config.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
#endif
}

// Whether a rebuilt atlas must be built and uploaded by us (the 1.92 back ends do it glyph by glyph).
[[nodiscard]] inline constexpr bool atlas_is_static() {
#if IMGUI_VERSION_NUM >= 19200
  return false;
#else
  return true;
#endif
}

// Only the texture: 1.86 keeps the size of its vertex buffers when all device objects are made anew, and then writes
// past empty ones. The first texture is made by the back end itself.
inline void replace_font_texture() {
#if IMGUI_VERSION_NUM < 19200
  if (ImGui::GetFrameCount() == 0) return;
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
#endif
}

// The atlas' opacity, row by row: all that letters and shapes take from it.
inline void copy_atlas(std::vector<unsigned char>& alpha, int& width, int& height) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
#if IMGUI_VERSION_NUM >= 19200
  ImTextureData& texture = *atlas.TexData;
  width = texture.Width, height = texture.Height;
  const auto* bytes = static_cast<const unsigned char*>(texture.GetPixels());
  const int each = texture.BytesPerPixel;
  alpha.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (std::size_t i = 0; i < alpha.size(); ++i) alpha[i] = bytes[i * static_cast<std::size_t>(each) + static_cast<std::size_t>(each) - 1];
#else
  unsigned char* bytes = nullptr;
  atlas.GetTexDataAsAlpha8(&bytes, &width, &height);
  alpha.assign(bytes, bytes + static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
#endif
}

// Whether this frame's letters came into the texture while it was drawn: to be asked between its last letter and its drawing. Until 1.92 a
// texture is replaced as a whole (see above).
[[nodiscard]] inline bool atlas_grew() {
#if IMGUI_VERSION_NUM >= 19200
  return ImGui::GetIO().Fonts->TexData->Status != ImTextureStatus_OK;
#else
  return false;
#endif
}

// A list of our own that draws with that texture, begun anew; and a texture of our own for lists that were kept.
inline void begin_list(ImDrawList& list) {
  list._ResetForNewFrame();
  list.PushClipRectFullScreen();
#if IMGUI_VERSION_NUM >= 19200
  list.PushTexture(ImGui::GetIO().Fonts->TexRef);
#else
  list.PushTextureID(ImGui::GetIO().Fonts->TexID);
#endif
}
inline void set_texture(ImDrawCmd& command, unsigned texture) {
#if IMGUI_VERSION_NUM >= 19200
  command.TexRef = ImTextureRef(static_cast<ImTextureID>(texture));
#else
  command.TextureId = reinterpret_cast<ImTextureID>(static_cast<std::intptr_t>(texture));
#endif
}

// --- children: what they do with the padding of the style moved to flags of its own in 1.90
// ----------------------------

[[nodiscard]] inline bool begin_child(const char* id, ImVec2 size, bool padded, ImGuiWindowFlags flags) {
#if IMGUI_VERSION_NUM >= 19000
  return ImGui::BeginChild(id, size, padded ? ImGuiChildFlags_AlwaysUseWindowPadding : ImGuiChildFlags_None, flags);
#else
  return ImGui::BeginChild(id, size, false, flags | (padded ? ImGuiWindowFlags_AlwaysUseWindowPadding : 0));
#endif
}

// Shows one character as another that the font does have.
inline void show_as(ImFont* font, ImWchar character, ImWchar other) {
  font->AddRemapChar(character, other);
}

[[nodiscard]] inline bool has_glyph(ImFont* font, ImWchar character) {
#if IMGUI_VERSION_NUM >= 19200
  return font->IsGlyphInFont(character);
#else
  return font->FindGlyphNoFallback(character) != nullptr;
#endif
}

// --- style: what later versions added keeps its default there -------------------------------------

inline void quiet_extras(ImGuiStyle& style) {
#if IMGUI_VERSION_NUM >= 18900
  style.SeparatorTextBorderSize = 1;
#else
  static_cast<void>(style);
#endif
}

// --- the keyboard leaves a text field, if that is the one that has it ------------------------------------

inline void leave_field(ImGuiID field) {
  if (ImGui::GetCurrentContext()->ActiveId == field) ImGui::ClearActiveID();
}

// --- a frame of other lists: since 1.89.8 a frame owns a vector of them ----------------------------------

inline void set_lists(ImDrawData& data, std::vector<ImDrawList*>& lists) {
#if IMGUI_VERSION_NUM >= 18980
  data.CmdLists.resize(0);
  for (ImDrawList* list : lists) data.CmdLists.push_back(list);
#else
  data.CmdLists = lists.data();
#endif
}

// --- scrolling: a rectangle of the current window comes into sight, in it and in the windows around it ----------------

inline void bring_into_view(ImVec2 min, ImVec2 max) {
  ImGui::ScrollToRect(ImGui::GetCurrentWindow(), ImRect(min, max));
}

// --- tooltips: one that fits on neither side of the pointer is still seen whole, as far as the window is large enough --------

inline void place_tooltip(float margin) {
  const ImGuiWindow* shown = ImGui::FindWindowByName("##Tooltip_00");
  if (shown == nullptr || !shown->WasActive || !ImGui::IsMousePosValid()) return;
  const ImVec2 size = shown->Size, screen = ImGui::GetIO().DisplaySize, mouse = ImGui::GetIO().MousePos;
  const float most = screen.x - mouse.x > mouse.x ? screen.x - mouse.x : mouse.x;
  if (size.x + 2 * margin <= most) return;
  const float right = screen.x - margin - size.x, below = mouse.y + 2 * margin;
  const float y = below + size.y + margin <= screen.y ? below : mouse.y - 2 * margin - size.y;
  const float low = screen.y - margin - size.y;
  ImGui::SetNextWindowPos({right > margin ? right : margin, y >= margin ? y : low > margin ? low : margin});
}

// --- calm: what is behind a dialog is dim at once, and does not fade ---------------------------------

inline void dim_at_once() {
  ImGui::GetCurrentContext()->DimBgRatio = 1;
}

// --- headless frames (tests): a font texture id, so that draw lists can be built without a renderer ---

inline void headless_atlas(ImGuiIO& io) {
#if IMGUI_VERSION_NUM >= 19200
  io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
#else
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  io.Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
#endif
}

}  // namespace forklight::app::platform::compat
