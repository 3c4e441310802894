"""What the desk and the public see of insight: one picture of places, with every figure led back to where it comes from."""
