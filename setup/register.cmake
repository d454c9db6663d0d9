# Run by `cmake --install`: writes odbcinst.ini for the place the driver was just installed to and registers it there
# where unixODBC looks (odbcinst -j; ODBCSYSINI moves it).  Not done under DESTDIR, which packagers use.
# In: MYWIRE_LIBDIR (relative or absolute), MYWIRE_TEMPLATE, MYWIRE_REGISTER.
if(IS_ABSOLUTE "${MYWIRE_LIBDIR}")
    set(MYWIRE_DRIVER "${MYWIRE_LIBDIR}/odbc/libmywire.so")
else()
    set(MYWIRE_DRIVER "${CMAKE_INSTALL_PREFIX}/${MYWIRE_LIBDIR}/odbc/libmywire.so")
endif()
set(ini "${CMAKE_INSTALL_PREFIX}/share/mywire/odbcinst.ini")
configure_file("${MYWIRE_TEMPLATE}" "$ENV{DESTDIR}${ini}" @ONLY)
message(STATUS "Installing: $ENV{DESTDIR}${ini}")
if(NOT MYWIRE_REGISTER OR NOT "$ENV{DESTDIR}" STREQUAL "")
    message(STATUS "Not registered; do it with: odbcinst -i -d -f ${ini}")
    return()
endif()

find_program(ODBCINST odbcinst)
if(NOT ODBCINST)
    message(FATAL_ERROR "odbcinst is missing (package odbcinst), so the driver is installed but not registered; "
        "install it and run: odbcinst -i -d -f ${ini}")
endif()
execute_process(COMMAND ${ODBCINST} -q -d -n MyWire OUTPUT_VARIABLE registered ERROR_QUIET)
if(registered MATCHES "Driver *= *([^\n]*)" AND CMAKE_MATCH_1 STREQUAL MYWIRE_DRIVER)
    message(STATUS "Registered already: MyWire = ${MYWIRE_DRIVER}")
    return()
endif()
execute_process(COMMAND ${ODBCINST} -i -d -f "${ini}" RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
    message(FATAL_ERROR "The driver is installed but could not be registered (may this user write odbcinst.ini? see "
        "odbcinst -j): ${said}")
endif()
message(STATUS "Registered: MyWire = ${MYWIRE_DRIVER}")
