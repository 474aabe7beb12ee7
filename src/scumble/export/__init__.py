"""Networks as ONNX files, for programs that have neither torch nor scumble."""
