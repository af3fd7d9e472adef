"""What people may ask for of what is kept about them: all of it in their hands, or none of it left."""
