# Writes the report template with its styles and scripts inlined; only {{LANGUAGE}}, {{TITLE}} and {{DATA}} stay open.
#
#   cmake -DUPLOT_DIR=node_modules/uplot -DSOURCE_DIR=scenarios/report -DOUTPUT=report_template.html -P assemble.cmake
cmake_minimum_required(VERSION 3.20)

foreach(argument UPLOT_DIR SOURCE_DIR OUTPUT)
  if(NOT DEFINED ${argument})
    message(FATAL_ERROR "assemble.cmake needs -D${argument}=...")
  endif()
endforeach()

file(READ "${SOURCE_DIR}/report.html" page)

# Every substitution is a quoted argument, so semicolons and brackets in the scripts pass through unchanged.
function(fill placeholder content)
  string(FIND "${page}" "{{${placeholder}}}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "report.html has no {{${placeholder}}}")
  endif()
  string(REPLACE "{{${placeholder}}}" "${content}" page "${page}")
  set(page "${page}" PARENT_SCOPE)
endfunction()

set(script "")
foreach(part texts.js format.js charts.js drawings.js parts.js events.js effects.js report.js)
  file(READ "${SOURCE_DIR}/${part}" text)
  string(APPEND script "${text}")
endforeach()

file(READ "${SOURCE_DIR}/report.css" style)
file(READ "${UPLOT_DIR}/dist/uPlot.min.css" uplot_css)
file(READ "${UPLOT_DIR}/dist/uPlot.iife.min.js" uplot_js)
file(READ "${UPLOT_DIR}/LICENSE" uplot_license)

fill(STYLE "${style}")
fill(UPLOT_CSS "${uplot_css}")
fill(UPLOT_JS "/*\nuPlot\n${uplot_license}*/\n${uplot_js}")
fill(SCRIPT "${script}")
foreach(language EN JA)
  string(TOLOWER "${language}" code)
  file(READ "${SOURCE_DIR}/texts.${code}.json" texts)
  fill(TEXTS_${language} "${texts}")
endforeach()
file(READ "${SOURCE_DIR}/program.ja.json" program)
fill(PROGRAM_JA "${program}")

file(WRITE "${OUTPUT}" "${page}")
