/** What a step found, and what to do about it. */
export const FINDINGS = {
  find_pairMixed:
    "Alice {aliceSerial} and Bob {bobSerial} do not belong to one link: {aliceLink} and {bobLink}.",
  fix_pairMixed:
    "Connect the two units that name the same link, or set one of them up for this link again; then repeat.",
  find_clockUnequal: "The units run at different clocks: {alice} and {bob} Hz.",
  fix_clockUnequal: "Set both units to the same clock; then repeat.",
  find_rolesWrong: "There is no pair of a transmitter and a receiver: both are {role}.",
  fix_rolesWrong: "Give the address of a QTX as --alice and of a QRX as --bob.",
  find_firmware: "The firmware {found} is not on the operator's list.",
  fix_firmware: "Update the unit to a listed version, or put the version on the list in the plan.",
  find_line:
    "The line to {unit} loses or damages what passes: {lost} of {sent} pings lost, {damaged} frames damaged, slowest answer {slowestMs} ms.",
  fix_line:
    "Check plug and cable of {unit}, then baud rate and parity of a serial line, then what else loads the network; then repeat.",
  find_telemetry: "The telemetry line of {unit} failed {failed} of {reads} times.",
  fix_telemetry:
    "Check the Modbus line of {unit}: address, unit number, plug, and whether another master polls it.",
  find_selfTest: "{unit} failed its self-test: {parts}.",
  fix_selfTest: "Read the unit's log (qkdlink device ADDR log); repair or replace {unit}.",
  find_alarms: "{unit} has alarms: {alarms}.",
  fix_alarms: "Remove the cause of each alarm of {unit}, reset latched ones, then repeat.",
  find_clockOffset: "The clock of {unit} is off by {offset}.",
  fix_clockOffset: "Set NTP at {unit} and at this machine, wait until both follow it, then repeat.",
  find_clockDrift: "The clock of {unit} runs {ppm} ppm off.",
  fix_clockDrift: "Check the time source of {unit}: a clock that follows NTP keeps within 50 ppm.",
  find_range: "{unit} reads outside of its operating range: {readings}.",
  fix_range: "Bring {unit} into its operating range: check cooling, supply and mounting.",
  find_slope: "The housing of {unit} warms or cools by {slope} K/min.",
  fix_slope: "Check the cooling of the cabinet of {unit}; wait until it has settled, then repeat.",
  find_darks:
    "With the laser off detector {detector} clicks {rate} times a second, {times} times the preset at its temperature.",
  find_darksBoth:
    "With the laser off both detectors click more than the preset says: light gets in, or classical channels leak.",
  fix_darksBoth:
    "Cap the receiver's input: if the counts fall, look for light on the fibre (dark fibre, classical channels, an open panel); if not, check the detectors' temperature.",
  fix_darksOne: "Check temperature and bias of detector {detector}; if they are right, have it replaced.",
  find_digests: "{differing} of {frames} frame digests differ: the units do not see the same gates.",
  fix_digests:
    "Run the coarse delay calibration (qkdlink device ADDR calibrate clock); if it stays, check the synchronisation channel.",
  find_delayCentre: "The gates are {centre} ps off the pulses.",
  fix_delayCentre: "Run qkdlink device ADDR tune delay once, or calibrate the delay; then repeat.",
  find_delaySkew: "The gates of the two detectors lie {skew} ps apart.",
  fix_delaySkew:
    "Calibrate the detectors' gates (qkdlink device ADDR calibrate delay); if it stays, have the receiver checked: unequal gates help an attacker.",
  find_gateWidth: "The overlap of pulse and gate is {width} ps wide, {percent} % off.",
  fix_gateWidth:
    "A width above the range is dispersion: check the fibre's length and type, and the compensator. Below it, check the gate generator.",
  find_phaseCentre: "The phase is {phase} rad off its best setting.",
  fix_phaseCentre: "Run qkdlink device ADDR tune phase once, then repeat.",
  find_visibility: "The visibility is {visibility}: {percent} % of the light goes to the wrong detector.",
  fix_visibility:
    "Clean the connectors of both units, realign polarisation and interferometers (qkdlink device ADDR calibrate phase), then repeat.",
  find_sweepSlope: "Each decibel of the attenuator changes the counts by {slope} dB.",
  fix_sweepSlope: "Have the attenuator of Alice calibrated: its decibels are not decibels.",
  find_sweepResidual: "The counts do not follow the attenuator: up to {residual} dB off the straight line.",
  fix_sweepResidual:
    "Detectors saturate or their bias sags at high rates: check the bias supply of Bob; if it is stiff, have the attenuator calibrated.",
  find_meanPhotons: "The mean photon number is {percent} % off what is set.",
  fix_meanPhotons:
    "Check Alice's laser power and attenuator (qkdlink device ADDR calibrate source); replace an aged laser.",
  find_decoyRatio: "The decoy is {percent} % off its share of the signal.",
  fix_decoyRatio:
    "Calibrate the intensity modulator (qkdlink device ADDR tune modulator once). If it stays and is low, treat the channel as attacked: somebody may split photon numbers.",
  find_vacuum: "The vacuum pulses hold {times} times the photons of the preset.",
  fix_vacuum:
    "Tune the intensity modulator's bias (qkdlink device ADDR tune modulator once); check its extinction.",
  find_afterpulses: "Afterpulses are {times} times those of the preset.",
  fix_afterpulses: "Check the detectors' bias and temperature, or lengthen the dead time.",
  find_balance: "Detector {weaker} catches {percent} % less light than the other.",
  fix_balance:
    "Calibrate the receiver (qkdlink device ADDR calibrate delay); if it stays, have detector {weaker} checked: an attacker uses unequal detectors.",
  find_doubles: "Double clicks are {ratio} times what the rates give.",
  fix_doubles:
    "Check the bias of the detectors. If double clicks are missing and the current is high, treat the channel as attacked: detectors may be blinded.",
  find_charge: "A click carries {charge} fC.",
  fix_charge:
    "Check the bias supply: a charge below the range means that it sags, one far above it that bright light is on the detectors. In that case treat the channel as attacked.",
  find_loss: "The fibre loses {loss} dB; the plan allows {limit} dB.",
  fix_loss:
    "Inspect, clean and inspect again every connector; look for bends; then repeat. If it stays, take an OTDR trace from both ends.",
  find_lossWays: "Both directions of the fibre differ by {difference} dB.",
  find_lossMethods: "What the units see and what was measured by hand differ by {difference} dB.",
  fix_lossMethods:
    "Repeat the measurement by hand with cleaned cords and a fresh reference; check that instruments are in date.",
  find_elementLoss: "{element} loses {loss} dB; its limit is {limit} dB.",
  fix_elementLoss: "Inspect, clean and inspect {element}; then repeat this step.",
  find_noise: "{channel} brings {ratio} times the noise that the closed form gives.",
  fix_noise:
    "Lower the launch power of {channel}, move it to another channel, or check the receiver's filter.",
  find_noiseCost: "The classical channels cost {percent} % of the key.",
  fix_noiseCost:
    "Lower launch powers or move channels further from the quantum channel, largest noise first.",
  find_classicalPower: "{channel} arrives with {power} dBm.",
  find_classicalChange:
    "{channel} changes by {change} dB when the laser is switched: a filter passes what it should not.",
  fix_classicalChange: "Check that the filters of quantum and classical ports are not swapped.",
  find_qberHigh: "The QBER in {basis} is {qber} %, the closed form gives {expected} %.",
  fix_qberHigh:
    "Repeat the phase scan and clean the connectors. If the error rates stay without a fault of the units, treat the channel as attacked.",
  find_mismatched: "Bits in unequal bases are correlated by {value}: the bases are not at right angles.",
  fix_mismatched: "Run qkdlink device ADDR tune phase once, then repeat.",
  find_keyRate:
    "{blocks} blocks gave {rate}; the closed form gives at least {expected} with what was measured.",
  fix_keyRate:
    "Look at the other steps first: the rate follows from them. If all pass, look for load on this machine.",
  find_keyDemand: "The link gives {rate} of key; asked for are {demand}.",
  fix_keyDemand: "Lower the demand, the loss or the noise; qkdlink plan says what helps most.",
  find_noKey: "No block of key came within {seconds} s.",
  find_alarmMissing: "Alarm {code} was not raised by what should raise it.",
  find_alarmStays: "Alarm {code} did not clear.",
  find_alarmPlanes: "Alarm {code} was told on one plane only.",
  fix_alarm:
    "Update the unit's firmware, or have its alarm circuit checked: an alarm that is not told protects nobody.",
  find_noCutAlarm: "No alarm came within {seconds} s of the cut.",
  fix_noCutAlarm:
    "Check that the receiver's alarm lossOfSignal is enabled, and the event line to the controller.",
  find_noFallback: "The post-quantum fallback was not engaged.",
  fix_noFallback: "Check the fallback policy of both sites and the connection between them.",
  find_notServed: "Requests were refused during the cut.",
  find_notBack: "No key came back after the repair.",
  fix_notBack: "Check that the fibre is joined: compare the loss; look for a bend or a bad splice.",
  find_lossChanged: "The fibre loses {change} dB more or less than before it was taken out.",
  fix_lossChanged: "Inspect, clean and inspect the connectors that were opened; then repeat.",
  find_keysDiffer: "{differing} of {keys} keys differ between the sites.",
  fix_keysDiffer:
    "Treat the store or the key delivery of one site as altered: stop both, read the audit log, start with fresh stores.",
  find_soakGap: "For {seconds} s no new key came; three blocks take {allowed} s.",
  fix_soakGap:
    "Look at the curve of the soak: what moves at the same time (loss, error rate, temperature) is the cause.",
  find_soakQber: "The QBER was beyond its limit {percent} % of the time.",
  fix_soakQber:
    "Look for movement: an aerial span in wind, vibration, temperature; check the phase tracking.",
} as const;
