package dev.atoll.conformance;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** What every package of the house has. */
final class Packages {
  static final ArchCondition<JavaClass> BE_NULL_MARKED =
      new ArchCondition<>("reside in a package whose package-info has @NullMarked") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
          boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
          events.add(
              new SimpleConditionEvent(
                  type, marked, type.getName() + " is in a package without @NullMarked"));
        }
      };

  private Packages() {}
}
